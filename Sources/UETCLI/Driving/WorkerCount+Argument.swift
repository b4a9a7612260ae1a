import ArgumentParser
import UETModel

extension WorkerCount: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }

  public static var allValueStrings: [String] { [] }

  public static var defaultCompletionKind: CompletionKind { .list([autoWord]) }
}
