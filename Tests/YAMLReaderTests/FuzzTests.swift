import Domain
import Manifests
import Testing
import YAMLReader

@Suite struct FuzzTests {
    /// 20 seeds of 1,000 inputs each, of which every fourth is decoded too.
    @Test(arguments: UInt64(0)..<20)
    func `no bytes crash the reader or the decoder, and every refusal has a place and a hint`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for round in 0..<1000 {
            let bytes = mutated(&random)
            let parsed = parseYAML(bytes)
            if let failure = parsed.failure {
                #expect(failure.mark.line >= 1 && failure.mark.column >= 1)
                #expect(failure.mark.line <= bytes.count + 1)
                #expect(!failure.message.isEmpty && !failure.hint.isEmpty)
            }
            guard round % 4 == 0 else { continue }
            let file = SourceUpdate.File(path: "x.yaml", blob: "", content: bytes, size: bytes.count)
            let report = LintReport.alone(file, parse: parseYAML, sha256: fakeSHA256)
            #expect(report.files == 1)
            #expect(parsed.failure == nil || report.hasErrors)
        }
    }

    private static let seeds: [String] = [
        """
        # a web server
        id: /shop/web
        cmd: "python3 -m http.server $PORT0"
        cpus: 0.1
        mem: 32
        instances: 3
        env: &env
          LEVEL: debug
          <<: {A: b}
        labels: *env
        portDefinitions: [{port: 0, name: http, protocol: tcp}]
        healthChecks:
          - {protocol: MESOS_HTTP, path: /, portIndex: 0, gracePeriodSeconds: 5}
        constraints: [[hostname, UNIQUE], [rack, LIKE, "r-[0-9]+"]]
        upgradeStrategy: {minimumHealthCapacity: 0.5, maximumOverCapacity: 0.2}
        dependencies: [../db]
        """,
        #"{"id":"g","groups":[{"id":"a","apps":[{"id":"b","args":["x","1"],"env":{"A":"\ud83d\ude00"}}]}]}"#,
        "- id: a\n  cmd: |\n    one\n    two\n- id: b\n  cmd: >-\n    folded\n"
            + "  fetch:\n  - uri: http://x/y.tgz\n---\nid: c\n",
    ]

    private static let pieces = [
        "{", "}", "[", "]", ":", ": ", "- ", "\n", "\t", "  ", "&a ", "*a", "!!", "!x ", "|", ">", "'", "\"", "\\",
        "%TAG ! x\n", "---\n",
        "...\n", "<<: ", "\0", "\u{FEFF}", "null", "~", "1e999", "-0.", "..", "/", "#", "?", "@", "\r", "\u{85}",
        "\u{2028}", "éé",
    ].map { Array($0.utf8) }

    private func mutated(_ random: inout SplitMix64) -> [UInt8] {
        var bytes = Array(FuzzTests.seeds[Int.random(in: 0..<FuzzTests.seeds.count, using: &random)].utf8)
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            guard !bytes.isEmpty else { break }
            let index = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: index)
            case 2: bytes.removeSubrange(index...)
            case 3:
                let piece = FuzzTests.pieces[Int.random(in: 0..<FuzzTests.pieces.count, using: &random)]
                bytes.insert(contentsOf: piece, at: index)
            case 4:
                let end = min(bytes.count, index + Int.random(in: 1...40, using: &random))
                bytes.insert(contentsOf: bytes[index..<end], at: Int.random(in: 0...bytes.count, using: &random))
            default:
                let end = min(bytes.count, index + Int.random(in: 1...40, using: &random))
                bytes.removeSubrange(index..<end)
            }
        }
        return bytes
    }
}
