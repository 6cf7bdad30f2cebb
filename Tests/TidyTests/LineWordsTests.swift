import Testing

/// The tidy rules find what they are for, in every way to write it.
@Suite struct LineWordsTests {
    @Test(
        arguments: [
            ("import Foundation", ["Foundation"]), ("    import Foundation", ["Foundation"]),
            ("@preconcurrency import Foundation", ["Foundation"]), ("@_exported import Foundation", ["Foundation"]),
            ("@testable import Foundation", ["Foundation"]), ("@_spi(Some, Other) import Foundation", ["Foundation"]),
            ("@preconcurrency package import Foundation", ["Foundation"]),
            ("public import Foundation", ["Foundation"]), ("package import Foundation", ["Foundation"]),
            ("internal import Foundation", ["Foundation"]), ("fileprivate import Foundation", ["Foundation"]),
            ("private import Foundation", ["Foundation"]),
            ("@_implementationOnly import Foundation", ["Foundation"]),
            ("import struct Foundation.Date", ["Foundation"]),
            ("package import class Foundation.Thread", ["Foundation"]), ("import Foundation.NSDate", ["Foundation"]),
            ("import Domain; import Foundation", ["Domain", "Foundation"]),
            ("import Foundation // for dates", ["Foundation"]), ("let important = 1", []),
            ("case import, export", []), (#"let text = "an import Foundation""#, []),
            ("func import(_ name: String)", []),
        ] as [(String, [String])]
    )
    func `an import is found, however it is written`(text: String, modules: [String]) {
        #expect(SourceTree.Line.imports(of: text) == modules)
    }

    @Test(arguments: [
        "var generator = SystemRandomNumberGenerator()", "Int.random(in: 0..<3)", "let flip: Bool = .random()",
        "names.shuffled()", "names.shuffle()", "names.randomElement()", "UUID()", "Date()", "ContinuousClock.now",
        "func look() async", "await look()", "Task { }", "Task(priority: .low) { }", "Task.detached { }", "actor Box {",
        "let lock = Mutex(0)", "print(1)", #"getenv("HOME")"#, "ProcessInfo.processInfo",
    ])
    func `what is not pure is found`(text: String) {
        #expect(SourceTree.Line.impurities(of: text).count == 1, "\(text)")
    }

    @Test(arguments: [
        "let randomness = 3", "enum Task {", "struct TaskRecord {", "updated(at: now)", "let factor = 2", "sprint(1)",
    ])
    func `what only looks like it is let be`(text: String) {
        #expect(SourceTree.Line.impurities(of: text).isEmpty, "\(text)")
    }
}
