package storage.journal;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import storage.journal.JournalCommand.AppendEvents;

/** A process that appends as fast as it can and prints each number once it is acknowledged. */
final class KilledJournal {
  private KilledJournal() {}

  public static void main(String[] args) throws Exception {
    JournalServer server =
        JournalServer.start(
            Journals.settings(
                Path.of(args[0]), "1", java.util.List.of("1"), Integer.parseInt(args[1])),
            new LoopbackTransport());
    long next = Journals.get(server.highestSequenceNr("p")) + 1;
    append(server, "writer-" + ProcessHandle.current().pid(), next);
    new CountDownLatch(1).await();
  }

  private static void append(JournalServer server, String writer, long sequenceNr) {
    AppendEvents append = Journals.append(writer, sequenceNr, "event-" + sequenceNr);
    var unused =
        server
            .execute(append)
            .thenAccept(
                reply -> {
                  if (reply.status() != JournalReply.Status.DONE) {
                    throw new IllegalStateException(append + " got " + reply);
                  }
                  System.out.println("acknowledged " + sequenceNr);
                  System.out.flush();
                  append(server, writer, sequenceNr + 1);
                })
            .exceptionally(
                failure -> {
                  failure.printStackTrace();
                  Runtime.getRuntime().halt(1);
                  return null;
                });
  }
}
