import Testing
import UETModel
import UETReporting
import UETTestSupport

@testable import UETDashboard

@Suite struct RunPageTests {
  private static let run = RunID(startedAt: Timestamp(seconds: 1_795_224_655), salt: 7)

  /// A state with the words of others in all places.
  private func state(_ words: String, count: Int = 3) -> RunState {
    var state = RunState(run: Self.run)
    state.reason = words
    state.target = "refs/heads/" + words
    state.startedAt = Timestamp(seconds: 1_795_224_655)
    for number in 0..<count {
      guard let id = WorkstreamID("ws-\(number)") else { continue }
      var record = WorkstreamRecord(
        id: id, dependsOn: number == 0 ? [] : [WorkstreamID("ws-\(number - 1)")].compactMap { $0 })
      record.state = WorkstreamState.allCases[number % WorkstreamState.allCases.count]
      record.reason = words
      var attempt = AttemptRecord(
        number: 1, worker: words, assignedAt: Timestamp(seconds: 1_795_224_656))
      attempt.message = words
      attempt.note = words
      attempt.error = .toolFailure
      attempt.tool = words
      var question = QuestionRecord(
        number: 1, question: words, askedAt: Timestamp(seconds: 1_795_224_657))
      question.options = [words]
      attempt.questions = [question]
      record.attempts = [attempt]
      var gate = GateRecord(name: words, stage: .attempt, result: .failed)
      gate.message = words
      record.gates = [gate]
      state.add(record)
    }
    return state
  }

  private func snapshot(_ state: RunState) -> RunSnapshot {
    RunSnapshot(
      state: state, isHeld: true, isForeign: false, now: Timestamp(seconds: 1_795_224_700))
  }

  private func forms(isReadOnly: Bool = false) -> Forms {
    Forms(run: Self.run, seal: "seal", isReadOnly: isReadOnly, back: .run(Self.run))
  }

  private func page(_ state: RunState, _ query: Place.RunQuery = .init()) -> String {
    RunPage(
      snapshot: snapshot(state), query: query, lines: [], told: nil, queue: nil, forms: forms()
    ).content.text
  }

  private func pages(_ words: String) -> [String] {
    let state = state(words, count: 14)
    var pages = [page(state, Place.RunQuery(phase: words, words: words))]
    for record in state.workstreams {
      let details: [WorkstreamPage.Detail] = [
        .attempts, .gates, .diff(["+" + words, words]),
        .log([(name: words, lines: [words], isCut: true)]),
      ]
      for (view, detail) in zip(Place.View.allCases, details) {
        pages.append(
          WorkstreamPage(
            record: record, snapshot: snapshot(state),
            names: RunNames(prefix: "refs/uet", run: Self.run),
            view: view, attempt: nil, detail: detail, forms: forms()
          ).content.text)
      }
    }
    return pages
  }

  /// Whatever stands in a record, a page has the tags that it has with harmless words.
  @Test(arguments: Hostile.texts) func wordsOfOthersAddNoTags(_ words: String) {
    func tags(_ page: String) -> [Substring] { page.matches(of: /<\/?[a-z0-9]+/).map(\.0) }
    for (page, plain) in zip(pages(words), pages("plain")) {
      #expect(tags(page) == tags(plain))
      #expect(!page.contains(" onerror=\"") && !page.contains(" style="))
      #expect(!page.contains("href=\"java"))
    }
  }

  @Test func twoThousandStaySmall() {
    let page = page(state("waits for something", count: 2000))
    #expect(page.utf8.count < 60_000, "\(page.utf8.count)")
    #expect(page.contains("page 1 of 40"))
    var query = Place.RunQuery()
    query.page = 999
    #expect(self.page(state("x", count: 2000), query).contains("page 40 of 40"))
  }

  @Test func readingAloneHasNoForms() {
    let state = state("x", count: 14)
    for record in state.workstreams {
      let page = WorkstreamPage(
        record: record, snapshot: snapshot(state),
        names: RunNames(prefix: "refs/uet", run: Self.run),
        view: .attempts, attempt: nil, detail: .attempts, forms: forms(isReadOnly: true)
      ).content.text
      #expect(!page.contains("<form") && !page.contains("<button"))
    }
  }

  @Test func anEventOfTheStreamIsOneMessage() throws {
    for words in Hostile.texts {
      let news = News(kind: .event, position: 7, data: ["words": .string(words)])
      let text = String(decoding: news.bytes, as: UTF8.self)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count == 5 && lines[0] == "id: 7" && lines[1] == "event: event", "\(text)")
      let data = try JSONValue(parsing: String(lines[2].dropFirst(6)))
      #expect(data["words"]?.string == words)
    }
  }
}
