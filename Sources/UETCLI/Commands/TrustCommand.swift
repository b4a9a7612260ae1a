import ArgumentParser
import UETEngine
import UETModel

struct TrustCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trust",
    abstract: "look at what this clone's files have run, and let it run",
    discussion: """
      Shows every command that .uet/config.yaml and the bundles name, and the settings that decide on \
      what runs and what passes, and asks. What you trust is remembered by its content, for this clone, \
      outside of the repository: whatever changes later does not run before you have looked again. \
      Where nobody can be asked, give the digest that was shown.
      """)

  @Argument(help: "Trust what was shown under this digest, without asking.") var digest: String?
  @Flag(help: "Show only what has changed since it was trusted.") var diff = false
  @Flag(name: [.short, .long], help: "Do not ask.") var yes = false
  @Flag(help: "Trust nothing of this clone any more.") var revoke = false
  @Flag(help: "Print one JSON object, and ask nobody.") var json = false

  func validate() throws {
    if revoke, yes || diff || digest != nil {
      throw ValidationError("'--revoke' goes with no other")
    }
  }

  func run() async throws {
    let context = CommandContext()
    let project = try context.project()
    try project.requirePerson(to: "decide on what is trusted")
    if revoke {
      context.output.line(
        try project.revokeTrust() ? "nothing is trusted any more" : "nothing was trusted")
      return
    }
    let review = try project.reviewTrust()
    if let digest, digest != review.digest {
      throw Refusal(
        .decision, "that is not what the files say now; nothing was trusted",
        hint: "look again: git uet trust")
    }
    if json {
      if yes || digest != nil { try project.trust(review) }
      context.print(.object(try project.reviewTrust().json))
      return
    }
    show(review, context.output)
    if review.isTrusted { return context.output.line("all of it is trusted") }
    try decide(review, project, context)
  }

  private func show(_ review: TrustReview, _ output: Terminal) {
    let view = TrustView(review: review, terminal: output)
    for line in diff && !review.isFirst ? view.difference : view.lines { output.line(line) }
    output.line()
  }

  private func decide(
    _ review: TrustReview, _ project: Project, _ context: CommandContext
  ) throws {
    guard yes || digest != nil || context.asks("let it run?") else {
      throw Refusal(
        .decision, "nothing was trusted",
        hint: "if you have read it: git uet trust \(review.digest)")
    }
    try project.trust(review)
    context.output.line("trusted, as \(review.digest)")
  }
}
