package actors.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class NearestNameTest {
  @Test
  void findsTheNameWithOneLetterWrong() {
    assertThat(NearestName.to("hots", List.of("port", "host", "rack"))).contains("host");
  }

  @Test
  void findsNothingForAWordUnlikeAny() {
    assertThat(NearestName.to("elephant", List.of("port", "host", "rack"))).isEmpty();
  }

  @Property
  void distanceIsSymmetricAndZeroOnlyForTheSame(
      @ForAll @AlphaChars @StringLength(max = 8) String one,
      @ForAll @AlphaChars @StringLength(max = 8) String other) {
    assertThat(NearestName.distance(one, other)).isEqualTo(NearestName.distance(other, one));
    assertThat(NearestName.distance(one, other) == 0).isEqualTo(one.equals(other));
  }
}
