import Domain
import OrderedCollections
import Testing

@testable import Manifests

/// What a running Marathon holds, as files.
@Suite struct ImportTests {
    private static func imported(_ text: String) -> MarathonImport {
        MarathonImport(flowYAML(Array(text.utf8)).documents, file: "groups.json", sha256: fakeSHA256)
    }

    private static let answer = """
        {id: "/", version: "2021", dependencies: [], apps: [{id: /top, cmd: run, versionInfo: {a: b}, tasksRunning: 1}],
        pods: [], groups: [{id: /shop, enforceRole: true, dependencies: [/infra], groups: [],
        apps: [{id: /shop/web, args: null, container: {type: DOCKER, docker: {image: nginx, network: BRIDGE}},
        dependencies: [/shop/db], uris: [a.txt], instances: 2, cpus: 1, env: {}}],
        pods: [{id: /shop/pod, containers: [{name: a, exec: {command: {shell: run}}, resources: {cpus: 1}}]}]}]}
        """

    @Test func `every app and pod has a file in its group's folder, and groups what concerns them`() {
        let result = Self.imported(Self.answer)
        #expect(result.files.map(\.path) == ["shop/_group.yaml", "shop/pod.yaml", "shop/web.yaml", "top.yaml"])
        #expect(result.count == 3 && result.failed.isEmpty)
        #expect(result.runtimeValues == 2)
        #expect(
            result.files[0].definition.description == #"{"dependencies": ["/infra"], "enforceRole": true}"#
        )
        let web = #"""
            {"container": {"type": "DOCKER", "docker": {"image": "nginx"}}, "networks": [{"mode": "container/bridge"}], \#
            "instances": 2, "fetch": [{"uri": "a.txt", "extract": false}], "dependencies": ["/shop/db"]}
            """#
        #expect(result.files[2].definition.description == web)
        #expect(result.problems.map(\.code) == ["PACER-W003", "PACER-W003"])
    }

    @Test func `what is written is read again as the same specs, digest by digest`() throws {
        let result = Self.imported(Self.answer)
        for file in result.files {
            guard let spec = file.spec, let app = file.app else { continue }
            let node = YAMLNode(file.definition)
            let log = ProblemLog(file: file.path)
            var decoder = ManifestDecoder(log: log, path: file.path, sourceGroup: .root, defaults: nil)
            decoder.decode([node])
            let declared = try #require(decoder.file.apps.first)
            var again = declared.spec
            again.dependencies = declared.dependencies.map(\.path)
            #expect(declared.id == app)
            #expect(Spec(again, sha256: fakeSHA256) == Spec(spec, sha256: fakeSHA256))
        }
    }

    @Test func `one app that cannot be carried over leaves the others alone`() {
        let result = Self.imported(
            "{apps: [{id: /a, cmd: run}, {id: /b, container: {appc: {image: x}}}, {cmd: run}, {id: /c, cmd: run}]}"
        )
        #expect(result.files.map(\.path) == ["a.yaml", "c.yaml"])
        #expect(result.failed.count == 2 && result.failed[0] == "/b")
        #expect(result.problems.contains { $0.code == "PACER-E012" && !$0.hint.isEmpty })
        #expect(result.problems.contains { $0.code == "PACER-E021" })
    }

    @Test(arguments: [
        "{app: {id: /a/b, cmd: run}}", "{id: /a/b, cmd: run}", "[{id: /a/b, cmd: run}]",
        "{apps: [{id: a/b, cmd: run}]}",
    ])
    func `all forms of answers and files are taken`(text: String) {
        #expect(Self.imported(text).files.map(\.path) == ["a/b.yaml"])
    }

    @Test func `what looks like a secret is not written, but referred to`() throws {
        let result = Self.imported(
            """
            {id: /shop/web, cmd: run, env: {DB_PASSWORD: hunter2, PASSWORD_FILE: /run/x, URL: "http://me:pw@db/x", LEVEL: info,
            USE_TOKEN: "true", TOKEN: ""}, fetch: [{uri: "https://u:p@files/x.tgz"}]}
            """
        )
        let file = try #require(result.files.first)
        #expect(file.concealed == ["env.DB_PASSWORD", "env.URL", "fetch[0].uri"])
        let text = file.definition.description
        #expect(!text.contains("hunter2") && !text.contains("pw@") && !text.contains("u:p"))
        #expect(text.contains(#""DB_PASSWORD": {"secret": "DB_PASSWORD"}"#))
        #expect(text.contains(#""DB_PASSWORD": {"source": "shop/web/db_password"}"#))
        #expect(text.contains("https://files/x.tgz") && text.contains("/run/x") && text.contains("info"))
    }

    @Test func `a path that means something else to Pacer gets another file, with the id in it`() throws {
        let result = Self.imported("[{id: /environments/prod/web, cmd: run}, {id: /pacer, cmd: run}]")
        #expect(result.files.map(\.path) == ["app-environments-prod-web.yaml", "app-pacer.yaml"])
        #expect(result.files[0].definition.description == #"{"id": "/environments/prod/web", "cmd": "run"}"#)
    }
}
