import Foundation
import Testing

/// The habits that a reviewer would else have to remember.
@Suite struct TidyTests {
    static let coreModules: Set<String> = [
        "Domain", "Manifests", "Planning", "Rollout", "Scheduling", "OrderedCollections", "DequeModule", "Collections",
        "HeapModule",
    ]

    @Test func `the core imports nothing but itself and swift-collections`() throws {
        for line in try SourceTree.code(below: "Sources/Core") {
            for module in SourceTree.Line.imports(of: line.text) {
                #expect(Self.coreModules.contains(module), "\(line.place): the core must not import \(module)")
            }
        }
    }

    @Test func `the core has no clock, no randomness, no concurrency and no output`() throws {
        for line in try SourceTree.code(below: "Sources/Core") {
            let found = SourceTree.Line.impurities(of: line.text)
            #expect(found.isEmpty, "\(line.place): \(found) has no place in the core: \(line.text)")
        }
    }

    @Test func `each C module is imported by exactly one target`() throws {
        let owners = [
            "CGit2": "GitSource", "CYAML": "YAMLReader", "CCurl": "HTTPClient", "CZooKeeper": "ZooKeeperStore",
            "CZlib": "ZooKeeperStore",
        ]
        for line in try SourceTree.code(below: "Sources") {
            for module in SourceTree.Line.imports(of: line.text) {
                guard let owner = owners[module] else { continue }
                // The bench compares with the bare C library: that is its floor.
                let isBench = line.file.hasPrefix("Sources/Apps/pacer-bench/")
                #expect(isBench || line.file.hasPrefix("Sources/Adapters/\(owner)/"), "\(line.place) imports \(module)")
            }
        }
    }

    @Test func `only a store says that a batch is durable`() throws {
        let stores = ["Sources/Boundary/", "Sources/Adapters/ZooKeeperStore/", "Sources/Testing/"]
        for line in try SourceTree.code(below: "Sources") where line.text.contains(".durable()") {
            #expect(stores.contains(where: line.file.hasPrefix), "\(line.place): \(line.text)")
        }
    }

    @Test func `files stay under 500 lines and functions under 70`() throws {
        for folder in ["Sources", "Tests"] {
            for file in try SourceTree.files(below: folder) {
                let lines = try SourceTree.lines(of: file)
                #expect(lines.count <= 500, "\(file) has \(lines.count) lines")
                for function in functions(in: lines) {
                    #expect(function.length <= 70, "\(function.place): a function of \(function.length) lines")
                }
            }
        }
    }

    @Test func `nothing is forced`() throws {
        for line in try SourceTree.code(below: "Sources") {
            for forced in ["try!", " as! ", "fatalError("] {
                #expect(!line.text.contains(forced), "\(line.place): \(forced) in \(line.text)")
            }
        }
    }

    @Test func `every package declaration says what it is`() throws {
        let kinds = [
            "func", "var", "let", "struct", "enum", "class", "actor", "protocol", "init", "typealias", "static",
        ]
        let words =
            kinds + ["final", "nonisolated", "mutating", "indirect", "private(set)", "convenience", "consuming"]
        for file in try SourceTree.files(below: "Sources") {
            let lines = try SourceTree.lines(of: file)
            for (index, line) in lines.enumerated() {
                let text = line.text.drop { $0 == " " }
                guard text.hasPrefix("package ") else { continue }
                let next = text.dropFirst(8).split(separator: " ").first.map(String.init) ?? ""
                guard words.contains(where: next.hasPrefix), !next.hasPrefix("import") else { continue }
                #expect(isDocumented(lines, at: index), "\(line.place) has no doc comment: \(text)")
            }
        }
    }

    @Test func `no path of one machine and no unfinished mark stands in the project`() throws {
        let marks = ["/wo" + "rk/", "/ro" + "ot/", "TO" + "DO", "FIX" + "ME", "XX" + "X "]
        for file in try SourceTree.everyFile() {
            for line in try SourceTree.lines(of: file) {
                for mark in marks { #expect(!line.text.contains(mark), "\(line.place): \(line.text)") }
            }
        }
    }

    /// A rule about every file is worth what it reads; most scripts have no ending to find them by.
    @Test func `every file of the project is read, whatever its name`() throws {
        let files = Set(try SourceTree.everyFile())
        for file in ["Makefile", "README.md", "Package.swift", ".ci/run", ".gitignore", "docs/README.md"] {
            #expect(files.contains(file), "\(file) is not read")
        }
        for folder in ["Sources/", "Tests/", "Scripts/", "docs/", "example-repo/"] {
            #expect(files.contains { $0.hasPrefix(folder) }, "nothing below \(folder) is read")
        }
        let scripts = files.filter { $0.hasPrefix("Scripts/") && $0.split(separator: "/").last?.contains(".") == false }
        #expect(scripts.count >= 5, "scripts without an ending: \(scripts.sorted())")
        #expect(!files.contains { $0.hasPrefix(".build") || $0.hasPrefix(".git/") })
    }

    /// A wait of at most 50 ms is the pace at which a condition is looked at; a longer one hopes.
    @Test func `tests wait for conditions, not for time to pass`() throws {
        let short = #"sleep\((for: )?(pollInterval|\.milliseconds\([1-4]?[0-9]\)|1000\))"#
        for line in try SourceTree.code(below: "Tests") where line.text.contains("sleep(") {
            guard line.text.range(of: #"\b(Task\.sleep|u?sleep|Thread\.sleep)\("#, options: .regularExpression) != nil,
                line.text.range(of: short, options: .regularExpression) == nil, !line.file.hasPrefix("Tests/TidyTests/")
            else { continue }
            Issue.record("\(line.place): a fixed sleep: \(line.text)")
        }
    }

    private func isDocumented(_ lines: [SourceTree.Line], at index: Int) -> Bool {
        var above = index - 1
        while above >= 0 {
            let text = lines[above].text.drop { $0 == " " }
            if text.hasPrefix("///") { return true }
            guard text.hasPrefix("@") else { return false }
            above -= 1
        }
        return false
    }

    /// Functions by their indentation: from the line with `func` or `init` to the closing brace at the same depth.
    private func functions(in lines: [SourceTree.Line]) -> [(place: String, length: Int)] {
        var found: [(place: String, length: Int)] = []
        for (index, line) in lines.enumerated() {
            let indent = line.text.prefix { $0 == " " }
            guard line.text.contains("func ") || line.text.contains("init") else { continue }
            let isStart =
                line.text.range(of: #"^ *((@\w+(\([^)]*\))?|[a-z()]+) )*(func |init[(?])"#, options: .regularExpression)
                != nil
            guard isStart, !line.text.hasSuffix("}") else { continue }
            let close = indent + "}"
            guard
                let end = lines[(index + 1)...].firstIndex(where: { $0.text == close || $0.text.hasPrefix(close + " ") }
                )
            else { continue }
            found.append((line.place, end - index + 1))
        }
        return found
    }
}
