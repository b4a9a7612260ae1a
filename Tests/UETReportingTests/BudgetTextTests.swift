import Testing

@testable import UETModel
@testable import UETReporting

@Suite struct BudgetTextTests {
  @Test func whatWasSpentIsComparedWithTheLimitThatCounts() {
    var spending = SpendingRecord()
    spending.spent = Money(dollars: 1.2)
    #expect(BudgetText.summary(spending) == "spent $1.20")
    spending.told = [.init(scope: .run, level: .exceeded, limit: Money(dollars: 0.5))]
    #expect(BudgetText.summary(spending) == "spent $1.20 of $0.5000")
    spending.overrides = [.init(scope: .run, limit: Money(dollars: 2.5))]
    #expect(BudgetText.summary(spending) == "spent $1.20 of $2.50")
    spending.overrides = [.init(scope: .run, limit: nil)]
    #expect(BudgetText.summary(spending) == "spent $1.20")
  }
}
