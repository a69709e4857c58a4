package storage.log;

/**
 * Whether a volume has room for more records; one immutable value, each look at the volume yields
 * the next. Below the least that must stay free nothing is written, and then nothing until a
 * quarter more than that is free, so that it does not come and go.
 *
 * @param bytesFreeMin what must stay free; 0: nothing has to
 * @param bytesFree at the last look
 * @param isEnough whether records may be written
 */
record FreeSpace(long bytesFreeMin, long bytesFree, boolean isEnough) {
  /** Part of a volume that stays free unless somebody says otherwise: one of so many. */
  private static final int SHARE = 50;

  private static final long BYTES_FREE_MIN_MAX = 64L << 20;

  /** Before the first look. */
  static FreeSpace unknown(long bytesFreeMin) {
    return new FreeSpace(bytesFreeMin, Long.MAX_VALUE, true);
  }

  /**
   * What must stay free of a volume.
   *
   * @param wanted as set; negative: the smaller of 64 MiB and 2 % of the volume
   */
  static long bytesFreeMin(long wanted, long volumeBytes) {
    return wanted >= 0 ? wanted : Math.min(BYTES_FREE_MIN_MAX, volumeBytes / SHARE);
  }

  /**
   * The volume was looked at, because so many bytes are to be written.
   *
   * @param nowFree in bytes, without what is to be written
   */
  FreeSpace seen(long nowFree, long toWrite) {
    long needed = isEnough ? bytesFreeMin + toWrite : bytesFreeMin + bytesFreeMin / 4 + toWrite;
    return new FreeSpace(bytesFreeMin, nowFree, bytesFreeMin == 0 || nowFree >= needed);
  }

  /**
   * Bytes that may be written before it must be looked again: half of what is left, but not so
   * little that each append would look.
   */
  long allowanceBytes() {
    return isEnough ? Math.max((bytesFree - bytesFreeMin) / 2, bytesFreeMin / 8) : 0;
  }
}
