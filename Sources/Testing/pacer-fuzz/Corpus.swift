import FoundationEssentials

/// The inputs that all others are made from: small files that between them use every part of YAML and of a definition,
/// and whatever files a caller adds.
struct Corpus {
    var inputs: [[UInt8]]

    /// The built-in inputs and those below some paths.
    /// - Throws: where a path cannot be read.
    init(adding paths: [String]) throws {
        inputs = Corpus.own.map { Array($0.utf8) }
        for path in paths { inputs += try Corpus.read(path) }
    }

    private static func read(_ path: String) throws -> [[UInt8]] {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CocoaError(.fileNoSuchFile)
        }
        guard isFolder else { return [Array(try Data(contentsOf: URL(filePath: path)))] }
        // A name is not for the file system alone: the order of the corpus decides what a seed means.
        return try FileManager.default.contentsOfDirectory(atPath: path).sorted().flatMap { try read("\(path)/\($0)") }
    }

    private static let own = [
        "id: /shop/web\ncmd: python3 -m http.server $PORT0\ncpus: 0.5\nmem: 64\ninstances: 3\n",
        "cmd: |\n  first\n  second\nenv: {A: 'b', C: \"d\\u00e4\\n\", E: >-\n  folded\n  text\n}\n",
        "# Two documents.\n--- {id: a, cmd: run}\n...\n---\nid: b\ncmd: run\n",
        "- id: a\n  cmd: run\n- id: b\n  args: [x, 'y', \"z\"]\n  dependencies: [a, ../other]\n",
        "id: shop\napps: [{id: web, cmd: run}]\ngroups: [{id: inner, apps: [{id: db, cmd: run}]}]\ndependencies: [/base]\n",
        "base: &base {cmd: run, mem: 1e2}\n<<: *base\ncpus: .5\n<<: [*base, {disk: 0x1F}]\n",
        "cmd: run\non: yes\ninstances: 012\nmem: 1_000\ncpus: 12:30\ndisk: ~\n",
        "{\"id\": \"/j\", \"cmd\": \"echo \\ud83d\\ude00\", \"labels\": {\"a\": null, \"b\": true}, \"ports\": [0, 8080]}\n",
        "\u{FEFF}cmd: run\r\ninstances: 2\r\n\tmem: 3\r\n",
        """
        id: /shop/web
        args: [serve, --port, "80"]
        container:
          type: DOCKER
          docker: {image: 'nginx:1.27', network: BRIDGE, parameters: [{key: a, value: b}], forcePullImage: true}
          portMappings: [{containerPort: 80, hostPort: 0, protocol: 'udp,tcp', name: http, labels: {a: b}}]
          volumes:
          - {containerPath: data, mode: RW, persistent: {size: 10, type: mount, constraints: [[path, LIKE, /d.*]]}}
          - {containerPath: /etc/x, hostPath: /x, mode: RO}
        networks: [{mode: container/bridge}]
        healthChecks: [{protocol: MESOS_HTTP, path: /, portIndex: 0, gracePeriodSeconds: 5}]
        check: {exec: {command: {shell: 'true'}}}
        constraints: [[hostname, UNIQUE], [rack, GROUP_BY, '3'], ["@zone", LIKE, 'a(b|c)*[^d-f]{2,3}']]
        upgradeStrategy: {minimumHealthCapacity: 0.5, maximumOverCapacity: 0}
        unreachableStrategy: disabled
        secrets: {s: {source: /x}}
        env: {S: {secret: s}, N: 5}
        fetch: [{uri: 'https://example.org/a.tgz', extract: true, destPath: d}]
        rollout: {canary: 1, watch: 30, maxFailures: 2, onFailure: pause}
        maintainer: ada

        """,
        """
        id: /pod
        containers:
        - name: one
          exec: {command: {shell: sleep 1}}
          resources: {cpus: 0.1, mem: 32}
          endpoints: [{name: web, containerPort: 80, hostPort: 0, protocol: [tcp]}]
          healthCheck: {http: {endpoint: web, path: /}, intervalSeconds: 5}
          volumeMounts: [{name: v, mountPath: /v}]
        volumes: [{name: v, host: /tmp}]
        networks: [{mode: host}]
        scaling: {kind: fixed, instances: 2}
        scheduling: {placement: {constraints: [{fieldName: hostname, operator: UNIQUE}]}, upgrade: {minimumHealthCapacity: 1}}

        """,
        "defaults: {user: nobody, labels: {team: shop}}\nenvironments: {prod: {}, test: {}}\n",
        "%YAML 1.1\n%TAG !e! tag:example.org,2000:\n---\n!!map {? !!str cmd : !e!x run, ? [a, b] : !!binary aGk=}\n",
        "a: &a [*a]\nb: &b {x: &c [1, 2]}\nc: [*b, *b, *c, *c]\n",
        "[[[[[[[[[[[[[[[[{a: {b: {c: {d: {}}}}}]]]]]]]]]]]]]]]]\n",
        "cmd: run\nacceptedResourceRoles: ['*', slave_public]\nuris: [a.zip, b]\nstoreUrls: []\nipAddress: {}\n",
    ]

    /// What is put into inputs as a whole, since no flipped bit would ever write it.
    static let words = [
        "---\n", "...\n", "- ", ": ", "? ", "&a ", "*a", "<<: ", "!!str ", "!x ", "|\n ", ">-\n ", "# ", "'", "\"",
        "\\",
        "{", "}", "[", "]", ",", "\t", "\r\n", "\r", "\n", "\n  ", "\u{FEFF}", "\u{85}", "\u{2028}", "\0", "%TAG ! a\n",
        "\\ud83d", "\\ude00", "\\x", "null", "~", "true", "yes", "012", "0x", "1e999", "-0", ".inf", ".nan",
        "99999999999999999999", "0.0000001", "12:30", "id: ", "cmd: ", "args: ", "apps: ", "groups: ", "containers: ",
        "instances: ", "env: ", "labels: ", "container: ", "networks: ", "volumes: ", "constraints: ", "dependencies: ",
        "healthChecks: ", "portDefinitions: ", "portMappings: ", "ports: ", "secrets: ", "rollout: ", "defaults: ",
        "(((((((((", "[^a]*{1,1000}", "(?=", "../../..", "//", "/a/../b", "\u{1F600}", "ü",
    ]
}
