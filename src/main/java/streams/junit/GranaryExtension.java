package streams.junit;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;
import streams.Granary;
import streams.GranaryCluster;

/** What {@link GranaryTest} and {@link Topic} promise. Without the annotation: one broker. */
public final class GranaryExtension implements ParameterResolver, TestInstancePostProcessor {
  private static final Namespace NAMESPACE = Namespace.create(GranaryExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return isBroker(type) || (type == String.class && parameter.isAnnotated(Topic.class));
  }

  private static boolean isBroker(Class<?> type) {
    return type == Granary.class || type == GranaryCluster.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter
        .findAnnotation(Topic.class)
        .<Object>map(topic -> topicName(topic, context))
        .orElseGet(() -> broker(parameter.getParameter().getType(), context));
  }

  @Override
  public void postProcessTestInstance(Object test, ExtensionContext context)
      throws IllegalAccessException {
    for (Field field :
        ReflectionSupport.findFields(
            test.getClass(), GranaryExtension::isToBeFilled, HierarchyTraversalMode.TOP_DOWN)) {
      field.setAccessible(true);
      if (field.get(test) == null) {
        field.set(
            test,
            Optional.ofNullable(field.getAnnotation(Topic.class))
                .<Object>map(topic -> topicName(topic, context))
                .orElseGet(() -> broker(field.getType(), context)));
      }
    }
  }

  private static boolean isToBeFilled(Field field) {
    int modifiers = field.getModifiers();
    boolean isTopic = field.isAnnotationPresent(Topic.class);
    if (isTopic && (field.getType() != String.class || Modifier.isStatic(modifiers))) {
      throw new ExtensionConfigurationException(
          "@Topic stands on " + field + "; it goes with fields of instances, of type String");
    }
    return isTopic
        || (isBroker(field.getType())
            && !Modifier.isStatic(modifiers)
            && !Modifier.isFinal(modifiers));
  }

  private static Object broker(Class<?> type, ExtensionContext context) {
    GranaryCluster cluster = brokers(context).cluster();
    return type == GranaryCluster.class ? cluster : cluster.brokers().get(0);
  }

  private static SharedBrokers brokers(ExtensionContext context) {
    SharedBrokers.Wanted wanted = wanted(context.getRequiredTestClass());
    ExtensionContext owner = wanted.shared() ? context.getRoot() : classOf(context);
    return owner
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(wanted, SharedBrokers::start, SharedBrokers.class);
  }

  /** As the class says, or one that it stands in. */
  private static SharedBrokers.Wanted wanted(Class<?> test) {
    for (Class<?> here = test; here != null; here = here.getEnclosingClass()) {
      Optional<GranaryTest> annotation = AnnotationSupport.findAnnotation(here, GranaryTest.class);
      if (annotation.isPresent()) {
        return SharedBrokers.Wanted.of(annotation.get());
      }
    }
    return SharedBrokers.Wanted.ONE;
  }

  /** Of the outermost class: what stands in it shares what it has. */
  private static ExtensionContext classOf(ExtensionContext context) {
    ExtensionContext outermost = context;
    for (Optional<ExtensionContext> next = Optional.of(context);
        next.isPresent();
        next = next.get().getParent()) {
      if (next.get().getTestClass().isPresent()) {
        outermost = next.get();
      }
    }
    return outermost;
  }

  private static String topicName(Topic topic, ExtensionContext context) {
    Store store = context.getStore(NAMESPACE);
    return store.getOrComputeIfAbsent(
        "topic " + topic.value(),
        label -> {
          SharedBrokers brokers = brokers(context);
          String name = brokers.nameOf(topic.value());
          brokers
              .cluster()
              .createTopics(
                  new NewTopic(name, Optional.of(topic.partitions()), Optional.empty())
                      .configs(SharedBrokers.settings("@Topic", topic.settings())));
          return name;
        },
        String.class);
  }
}
