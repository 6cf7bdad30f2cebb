package import Domain
package import Logging
import WebAPI

/// One line an event: time, level, message, facts.
package struct LineLogHandler: LogHandler {
    /// How much is logged.
    package var logLevel: Logger.Level
    /// The facts that stand in every line.
    package var metadata: Logger.Metadata = [:]
    private let label: String
    private let now: @Sendable () -> Instant
    private let write: @Sendable (String) -> Void

    /// A handler; `write` gets whole lines, from any thread.
    package init(
        label: String,
        level: Logger.Level,
        now: @escaping @Sendable () -> Instant,
        write: @escaping @Sendable (String) -> Void
    ) {
        self.label = label
        self.logLevel = level
        self.now = now
        self.write = write
    }

    /// One fact of every line.
    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes a line.
    package func log(event: LogEvent) {
        let own = metadata.merging(event.metadata ?? [:]) { _, event in event }
        let facts = own.sorted { $0.key < $1.key }.map { " \($0.key)=\(LineLogHandler.quoted("\($0.value)"))" }
        let level = event.level.rawValue
        let gap = String(repeating: " ", count: max(0, 8 - level.count))
        let message = "\(event.message)".printable
        write("\(Timestamp(now()).text) \(level)\(gap) \(label): \(message)\(facts.joined())\n")
    }

    /// In quotes where there is white space, so that facts can be told apart.
    private static func quoted(_ value: String) -> String {
        let plain = value.printable
        guard plain.isEmpty || plain.contains(where: { $0.isWhitespace || $0 == "\"" || $0 == "=" }) else {
            return plain
        }
        return "\"" + plain.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"") + "\""
    }
}
