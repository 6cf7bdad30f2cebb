import Domain

/// What happened in a run, line by line, with a sum over all of it: two runs of one seed have the same sum.
package struct Trace: Sendable {
    /// Lines that are kept; the sum covers all there ever were.
    package static let kept = 4000

    /// The last lines.
    package private(set) var lines: [String] = []
    /// The sum over every line.
    package private(set) var sum: UInt64 = 0xcbf2_9ce4_8422_2325
    private var start: Instant?

    /// An empty trace.
    package init() {}

    mutating func add(_ now: Instant, _ text: String) {
        let begin = start ?? now
        start = begin
        let line = "\((now - begin).count) ms  \(text)"
        for byte in line.utf8 { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01b3 }
        lines.append(line)
        if lines.count > Trace.kept * 2 { lines.removeFirst(Trace.kept) }
    }

    /// The last lines as one text.
    package func text(last count: Int = Trace.kept) -> String { lines.suffix(count).joined(separator: "\n") }
}
