import Commands
import Domain
import Logging
import Synchronization
import Testing

@Suite struct LogTests {
    private final class Lines: Sendable {
        private let kept = Mutex<[String]>([])
        var all: [String] { kept.withLock { $0 } }
        func add(_ line: String) { kept.withLock { $0.append(line) } }
    }

    private func logger(_ lines: Lines, level: Logger.Level = .info) -> Logger {
        Logger(label: "pacer") { label in
            LineLogHandler(label: label, level: level, now: { Instant(milliseconds: 0) }, write: lines.add)
        }
    }

    @Test func `an event is one line with its facts in order`() {
        let lines = Lines()
        var logger = logger(lines)
        logger[metadataKey: "source.name"] = "shop"
        logger.warning("it failed", metadata: ["reason": "no \"answer\"\nat all", "app.id": "/shop/web", "empty": ""])
        #expect(
            lines.all == [
                "1970-01-01T00:00:00.000Z warning  pacer: it failed app.id=/shop/web empty=\"\""
                    + " reason=\"no \\\"answer\\\"\u{FFFD}at all\" source.name=shop\n"
            ]
        )
    }

    @Test func `less than the level is left out`() {
        let lines = Lines()
        logger(lines, level: .notice).info("quiet")
        #expect(lines.all.isEmpty)
    }

    @Test func `a level that there is not is told`() async throws {
        let folder = try Folder()
        let file = try folder.write("pacer.yaml", ConfigurationTests.least)
        let run = await Session().run("controller", "--config", file, "--log-level", "loud")
        #expect(run.status == 1)
        #expect(run.error.hasPrefix("pacer: “loud” is no log level; use one of trace, debug"))
    }
}
