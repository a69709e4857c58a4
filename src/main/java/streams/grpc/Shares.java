package streams.grpc;

/**
 * Divides among streams what all of them may hold: the first get what they want, but each that may
 * still come is left a least share, so that nobody is refused for what others hold. Any thread.
 */
final class Shares {
  private final long least;
  private long left;
  private int places;

  /**
   * @param bytesMax for all streams together
   * @param streamsMax so many there may be at a time
   * @param leastMax the least share, unless that many do not fit
   */
  Shares(long bytesMax, int streamsMax, long leastMax) {
    this.least = Math.min(leastMax, bytesMax / streamsMax);
    this.left = bytesMax;
    this.places = streamsMax;
  }

  /**
   * @param wanted in bytes
   * @return what there is of it for this stream, to be given back when it ends
   */
  synchronized long take(long wanted) {
    places--;
    long share = Math.max(Math.min(wanted, least), Math.min(wanted, left - places * least));
    left -= Math.max(share, least);
    return share;
  }

  synchronized void giveBack(long share) {
    places++;
    left += Math.max(share, least);
  }
}
