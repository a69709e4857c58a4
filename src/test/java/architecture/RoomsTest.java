package architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** Keeps the arrows between the rooms running one way. */
class RoomsTest {
  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("cli", "streams", "actors", "storage");

  @Test
  void arrowsRunFromCliToStreamsToActorsToStorage() {
    ArchRule rule =
        layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("cli")
            .definedBy("cli..")
            .layer("streams")
            .definedBy("streams..")
            .layer("actors")
            .definedBy("actors..")
            .layer("storage")
            .definedBy("storage..")
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("streams")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("actors")
            .mayOnlyBeAccessedByLayers("cli", "streams")
            .whereLayer("storage")
            .mayOnlyBeAccessedByLayers("cli", "streams", "actors");
    rule.check(PRODUCT);
  }

  @Test
  void noRoomIsInACircle() {
    ArchRule rule = slices().matching("(*).(*)..").should().beFreeOfCycles();
    rule.check(PRODUCT);
  }

  @Test
  void recordsKnowNobody() {
    ArchRule rule =
        noClasses()
            .that()
            .resideInAPackage("storage.record")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("storage.log..", "storage.journal..", "actors..", "streams..");
    rule.check(PRODUCT);
  }

  @Test
  void theLogKnowsNoPekko() {
    ArchRule rule =
        noClasses()
            .that()
            .resideInAnyPackage("storage.log", "storage.record")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.pekko..");
    rule.check(PRODUCT);
  }

  @Test
  void theControllerReachesItsJournalThroughPekkoPersistenceOnly() {
    ArchRule rule =
        noClasses()
            .that()
            .resideInAPackage("actors.controller")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("storage.log..", "storage.journal..");
    rule.check(PRODUCT);
  }

  @Test
  void onlyWhatIsForTestsKnowsJUnit() {
    ArchRule rule =
        noClasses()
            .that()
            .resideOutsideOfPackage("streams.junit")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("streams.junit", "org.junit..");
    rule.check(PRODUCT);
  }

  @Test
  void onlyTheCommandLineNeedsWhatProgramsThatHoldABrokerDoNotHave() {
    ArchRule rule =
        noClasses()
            .that()
            .resideOutsideOfPackages("cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ch.qos.logback..", "picocli..", "com.fasterxml.jackson..");
    rule.check(PRODUCT);
  }

  @Test
  void theWireKnowsNothingOfTheStreamsApi() {
    ArchRule rule =
        noClasses()
            .that()
            .resideInAnyPackage("streams.kafka", "streams.net")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("streams");
    rule.check(PRODUCT);
  }

  @Test
  void decisionsHaveNoPekkoClockThreadOrFile() {
    ArchRule rule =
        noClasses()
            .that()
            .haveSimpleNameEndingWith("Decisions")
            .or()
            .haveNameMatching("actors.partition.(Leader|HighWatermark)")
            .or()
            .haveNameMatching("actors.controller.(Elections|Placement|ClusterMetadata)")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "org.apache.pekko..", "java.io..", "java.nio.file..", "java.nio.channels..")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime");
    rule.check(PRODUCT);
  }

  @Test
  void eachApiHasAFileNamedAfterIt() {
    ArchRule rule =
        classes()
            .that()
            .implement(streams.kafka.ApiHandler.class)
            .should()
            .haveSimpleNameEndingWith("Handler");
    rule.check(PRODUCT);
  }
}
