import Testing

@testable import Domain

struct SourceRecordTests {
    private func problem(_ number: Int, _ severity: Problem.Severity, length: Int = 10) -> Problem {
        Problem(
            code: "PACER-E001",
            severity: severity,
            file: "app\(number).yaml",
            line: 1,
            column: 1,
            message: String(repeating: "m", count: length),
            hint: "h"
        )
    }

    @Test func `a few problems are all kept, errors first`() {
        var record = SourceRecord(name: "shop")
        record.note([problem(1, .warning), problem(3, .error), problem(2, .error)])
        #expect(record.problems.map(\.file) == ["app2.yaml", "app3.yaml", "app1.yaml"])
        #expect(record.moreProblems == nil)
    }

    @Test func `of very many the first are kept and the others counted`() {
        var record = SourceRecord(name: "shop")
        record.note((0..<5000).map { problem($0, $0.isMultiple(of: 2) ? .warning : .error, length: 5000) })
        #expect(record.problems.allSatisfy { $0.severity == .error })
        #expect(record.problems.reduce(0) { $0 + $1.weight } <= SourceRecord.problemBytes)
        #expect(record.problems.count + (record.moreProblems ?? 0) == 5000)
        #expect(!record.problems.isEmpty)
    }

    @Test(arguments: [("short", "short"), ("abcdef", "abcdef"), ("abcdefg", "abcdef…"), ("äöüäöüä", "äöüäöü…")])
    func `text is cut after so many characters`(text: String, cut: String) {
        #expect(text.cut(to: 6) == cut)
    }
}
