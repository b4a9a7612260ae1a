extension Fact {
  /// A person has to look at a result before it is merged.
  package struct ReviewRequested: FactNames {
    package static let names = Self()
    package let reason = Member<String>("reason")
    package let tip = Member<ObjectID>("tip")
  }

  /// What a person says of a result.
  package struct ReviewDecided: FactNames {
    package static let names = Self()
    /// As `Ada <ada@example.com>`, as git names them.
    package let by = Member<String>("by")
    package let decision = Member<ReviewRecord.Decision>("decision")
    package let message = Member<String>("message")
    /// Rejections that it was given in full knowledge of.
    package let overrules = Member<[ReviewRecord.Reference]>("overrules")
    /// The commit that was looked at.
    package let tip = Member<ObjectID>("tip")
  }

  /// What another writer says does not count: an event, or what is new in a whole chain.
  package struct InboxRefused: FactNames {
    package static let names = Self()
    package let reason = Member<String>("reason")
    /// The chain that could not be read on.
    package let reference = Member<String>("reference")
    /// The type of the refused event.
    package let type = Member<String>("type")
    package let writer = Member<String>("writer")
  }
}
