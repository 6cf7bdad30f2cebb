import Domain
import Testing

@testable import Manifests

@Suite struct ReadingTests {
    @Test(
        arguments: [
            ("1", 1000), ("0.1", 100), ("0.0004", 0), ("0.0005", 1), ("-0.0005", -1), ("1e3", 1_000_000),
            ("1.5E-2", 15),
            (".5", 500), ("+2", 2000), ("0", 0), ("-0", 0), ("0.30000000000000004", 300),
            ("1000000000", 1_000_000_000_000),
            ("123456789012345678901", nil), ("1e400", nil), ("0e400", 0), ("1e-400", 0),
            ("0.1000000000000000055511", 100),
        ] as [(String, Int64?)]
    )
    func `a decimal is scaled without binary fractions`(written: String, thousandths: Int64?) {
        #expect(ExactDecimal(written)?.scaled(places: 3) == thousandths)
    }

    @Test(arguments: ["", "-", ".", "1.", "01", "007", "1_000", "0x1F", "1e", "1 ", ".inf", "1:30", "--1", "1e+", "٣"])
    func `what is no decimal is refused`(written: String) {
        // A point without digits after it is as good as none.
        #expect(ExactDecimal(written) == nil || written == "1.")
    }

    @Test(
        arguments: [
            ("3", 3), ("3.0", 3), ("30e-1", 3), ("3.5", nil), ("1e18", 1_000_000_000_000_000_000), ("1e19", nil),
        ]
            as [(String, Int64?)]
    )
    func `a whole number may be written as a decimal`(written: String, whole: Int64?) {
        #expect(ExactDecimal(written)?.whole == whole)
    }

    @Test(
        arguments: [
            ("500ms", 500), ("10s", 10_000), ("5m", 300_000), ("1h30m", 5_400_000), ("7d", 604_800_000),
            ("1d1ms", 86_400_001),
            ("0s", 0), ("10", nil), ("", nil), ("s", nil), ("5m5h", nil), ("5m5m", nil), ("-5s", nil), ("1.5h", nil),
            ("99999999999999d", nil), ("10 s", nil),
        ] as [(String, Int64?)]
    )
    func `a length of time has a unit`(written: String, milliseconds: Int64?) {
        #expect(Milliseconds(written: written)?.count == milliseconds)
    }

    @Test(
        arguments: [
            ("instnces", "instances"), ("Instances", "instances"), ("evn", "env"), ("cmnd", "cmd"),
            ("portDefinition", "portDefinitions"),
            ("maintainer", nil), ("owner", nil), ("description", nil), ("x", nil),
        ] as [(String, String?)]
    )
    func `a near miss is recognised and a stranger is not`(written: String, meant: String?) {
        #expect(AppForm.form.keys.nearest(to: written) == meant)
    }

    @Test(arguments: [
        ("*.json", "a/b/package.json", true), ("*.json", "a.yaml", false), ("/build", "build/a.yaml", true),
        ("/build", "x/build/a.yaml", false), ("docs/", "x/docs/a.yaml", true), ("docs/", "docs.yaml", false),
        ("a/*/c.yaml", "a/b/c.yaml", true), ("a/*/c.yaml", "a/b/d/c.yaml", false),
        ("a/**/c.yaml", "a/b/d/c.yaml", true),
        ("a/**/c.yaml", "a/c.yaml", true), ("**/c.yaml", "c.yaml", true), ("a/**", "a/b/c.yaml", true),
        ("w?b.yaml", "web.yaml", true), ("# *.yaml", "a.yaml", false), ("*.yaml\n!web.yaml", "web.yaml", false),
        ("*.yaml\n!web.yaml", "db.yaml", true), ("old/\n!old/web.yaml", "old/web.yaml", true), ("", "a.yaml", false),
    ])
    func `ignore rules follow gitignore`(rules: String, path: String, ignored: Bool) {
        #expect(IgnoreRules(rules).ignores(path) == ignored)
    }

    @Test func `a wildcard cannot be made to run for ever`() {
        let rules = IgnoreRules(String(repeating: "*a", count: 40) + "b")
        #expect(!rules.ignores(String(repeating: "a", count: 4000) + ".yaml"))
    }

    @Test(
        arguments: [
            ("rack-[0-9]+", nil), ("(?:a|b)c{1,3}?", nil), ("[^]]x", nil), ("a\\.b", nil), (".*", nil),
            ("(?i)RACK", nil), ("", "is empty"), (String(repeating: "a", count: 257), "has more than 256 bytes"),
            ("(a", "cannot be used: a ( without its ) at character 3"),
            ("*a", "cannot be used: nothing before * at character 1"),
        ] as [(String, String?)]
    )
    func `patterns that a matcher must not see are refused`(pattern: String, fault: String?) {
        #expect(PatternCheck.fault(in: pattern) == fault)
    }

    @Test(
        arguments: [
            "a)", "[a", "(a)\\1", "(?=a)", "a**", "a{3,1}", "a{9999}", "a\\", "\\p{Alpha}", "\\bx", "[[a]]", "[a&&b]",
            "a++",
            "(a{1000}){1000}",
        ]
    )
    func `a pattern that the scheduler cannot match is refused where it is written`(pattern: String) {
        #expect(PatternCheck.fault(in: pattern)?.hasPrefix("cannot be used: ") == true)
    }

    @Test(
        arguments: [
            ("web", "/shop", "/shop/web"), ("/web", "/shop", "/web"), ("../db", "/shop", "/db"),
            ("./a/b/", "/", "/a/b"),
            ("a/../b", "/shop", "/shop/b"), ("/", "/shop", "/"), (".", "/shop", "/shop"), ("../..", "/shop", nil),
            ("a//b", "/", nil),
            ("Web", "/", nil), ("-a", "/", nil), ("", "/shop", nil), ("a b", "/", nil), ("//", "/", nil),
        ] as [(String, String, String?)]
    )
    func `paths are resolved as Marathon resolves them`(written: String, group: String, path: String?) throws {
        let folder = FolderGroup.group(try #require(GroupID(group)))
        #expect((try? resolvePath(written, in: folder)) == path)
    }

    @Test(arguments: [
        // The examples of RFC 7386, appendix A, without those about null at the top.
        (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{a:c}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, "{a:b,b:c}"),
        (#"{"a":"b"}"#, "{a: null}", "{}"),
        (#"{"a":"b","b":"c"}"#, "{a: null}", "{b:c}"), (#"{"a":["b"]}"#, #"{"a":"c"}"#, "{a:c}"),
        (#"{"a":"c"}"#, #"{"a":["b"]}"#, "{a:[b]}"),
        (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, "{a:{b:d}}"),
        (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, "{a:[1]}"),
        (#"["a","b"]"#, #"["c","d"]"#, "[c,d]"), (#"{"a":"b"}"#, #"["c"]"#, "[c]"), (#"{"a":"foo"}"#, #""bar""#, "bar"),
        ("[1,2]", #"{"a":"b","c":null}"#, "{a:b}"), ("{}", #"{"a":{"bb":{"ccc":null}}}"#, "{a:{bb:{}}}"),
    ])
    func `files are merged by RFC 7386`(target: String, patch: String, merged: String) throws {
        let target = try #require(flowYAML(Array(target.utf8)).documents.first)
        let patch = try #require(flowYAML(Array(patch.utf8)).documents.first)
        #expect(target.merged(with: patch).compact == merged)
    }

    @Test func `a file with thousands of problems tells the first thousand`() {
        let text = "{id: a, cmd: x, " + (0..<5000).map { "strange\($0): 1" }.joined(separator: ", ") + "}"
        let problems = state(["a.json": text]).problems
        #expect(problems.count == 1000)
        #expect(problems.last?.code == ProblemCode.tooManyProblems.rawValue)
    }
}

extension YAMLNode {
    fileprivate var compact: String {
        switch content {
        case .scalar(let text, _): text
        case .sequence(let items): "[" + items.map(\.compact).joined(separator: ",") + "]"
        case .mapping(let entries):
            "{" + entries.map { "\($0.key.compact):\($0.value.compact)" }.joined(separator: ",") + "}"
        }
    }
}
