package architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Keeps the arrows between the rooms running one way. */
@AnalyzeClasses(
    packages = {"cli", "streams", "actors", "storage"},
    importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {
  @ArchTest
  static final ArchRule arrowsRunFromCliToStreamsToActorsToStorage =
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

  @ArchTest
  static final ArchRule noRoomIsInACircle =
      slices().matching("(*).(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule recordsKnowNobody =
      noClasses()
          .that()
          .resideInAPackage("storage.record")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("storage.log..", "storage.journal..", "actors..", "streams..");

  @ArchTest
  static final ArchRule theLogKnowsNoPekko =
      noClasses()
          .that()
          .resideInAnyPackage("storage.log", "storage.record")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.pekko..");

  @ArchTest
  static final ArchRule theControllerReachesItsJournalThroughPekkoPersistenceOnly =
      noClasses()
          .that()
          .resideInAPackage("actors.controller")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("storage.log..", "storage.journal..");

  @ArchTest
  static final ArchRule decisionsHaveNoPekkoClockThreadOrFile =
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

  @ArchTest
  static final ArchRule eachApiHasAFileNamedAfterIt =
      classes()
          .that()
          .implement(streams.kafka.ApiHandler.class)
          .should()
          .haveSimpleNameEndingWith("Handler");
}
