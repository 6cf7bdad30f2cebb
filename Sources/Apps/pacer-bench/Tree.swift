import Digests
import Domain
import Manifests
import OrderedCollections
import YAMLReader

/// A repository of many similar apps, in memory.
struct Tree {
    private(set) var files: [SourceUpdate.File]

    init(files count: Int) {
        files = (0..<count).map { Tree.file($0, level: "info", blob: "b\($0)") }
    }

    static func manifests(_ workers: any Workers) -> SourceManifests {
        SourceManifests(
            source: "bench",
            group: .root,
            environment: nil,
            parse: parseYAML,
            sha256: sha256,
            workers: workers
        )
    }

    /// Loads everything with nothing known before.
    static func load(_ update: SourceUpdate, _ workers: any Workers) -> Int {
        var manifests = Tree.manifests(workers)
        return manifests.apply(update).apps.count
    }

    /// All files, as a first look at the repository brings them.
    func update() -> SourceUpdate { Tree.update("r0", .all(files)) }

    /// A commit that changes one file.
    func change(_ number: Int) -> SourceUpdate {
        let file = Tree.file(number % files.count, level: "debug\(number)", blob: "c\(number)")
        return Tree.update("r\(number)", .changed([file], removed: []))
    }

    private static func update(_ revision: String, _ files: SourceUpdate.Files) -> SourceUpdate {
        SourceUpdate(
            source: "bench",
            revision: Revision(revision),
            tree: revision,
            author: "bench",
            committed: Instant(milliseconds: 0),
            subject: "",
            descends: true,
            files: files
        )
    }

    private static func file(_ number: Int, level: String, blob: String) -> SourceUpdate.File {
        let environment = (0..<14).map { "  VARIABLE_\($0): \"value \($0) of app \(number)\"" }.joined(separator: "\n")
        let text = """
            # app \(number)
            cmd: exec ./server --port $PORT0 --level \(level)
            cpus: 0.25
            mem: 128
            disk: 10
            instances: 3
            env:
              LEVEL: "\(level)"
            \(environment)
            labels:
              owner: team-\(number % 40)
              tier: "\(number % 3)"
            portDefinitions:
              - { port: 0, name: http, protocol: tcp }
            healthChecks:
              - protocol: MESOS_HTTP
                path: /health
                portIndex: 0
                intervalSeconds: 5
                gracePeriodSeconds: 60
            constraints:
              - [hostname, UNIQUE]
              - [rack, GROUP_BY, "3"]
            upgradeStrategy:
              minimumHealthCapacity: 0.5
              maximumOverCapacity: 0.5
            backoffSeconds: 2
            maxLaunchDelaySeconds: 60

            """
        let bytes = Array(text.utf8)
        let path = "team\(number % 200)/app\(number).yaml"
        return SourceUpdate.File(path: path, blob: blob, content: bytes, size: bytes.count)
    }
}
