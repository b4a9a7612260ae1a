import UETModel

/// What a repository's files would have run, and nobody has trusted yet.
package struct Untrusted: Refusing {
  package let review: TrustReview

  package var refusal: Refusal {
    review.isFirst
      ? Refusal(
        .decision, "nothing that this clone's files have run is trusted yet",
        hint: "look at it, and say yes or no: git uet trust")
      : Refusal(
        .decision, "what this clone's files have run has changed since you trusted it",
        hint: "look at what changed: git uet trust --diff")
  }
}
