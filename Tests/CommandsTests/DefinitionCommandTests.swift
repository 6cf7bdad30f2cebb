import Domain
import FoundationEssentials
import Testing

@testable import Commands

/// Commands that print and write definitions, on real files.
@Suite struct RenderTests {
    private func source() throws -> Folder {
        let folder = try Folder()
        try folder.write("pacer.yaml", "defaults: {user: nobody}\nenvironments: [prod]\n")
        try folder.write("shop/web.yaml", "cmd: sleep 1\nuris: ['http://example.org/a.tgz']\ndependencies: [db]\n")
        try folder.write("shop/db.yaml", "cmd: sleep 1\n")
        try folder.write("environments/prod/shop/web.yaml", "instances: 5\n")
        return folder
    }

    @Test func `the final definition has defaults, overlays and current forms`() async throws {
        let folder = try source()
        let run = await Session().run("render", "--path", folder.path, "--environment", "prod", "/shop/web")
        #expect(run.status == 0, "\(run.error)")
        try Golden.expect(run.out, is: "render.yaml")
    }

    @Test func `what is rendered is read as the same app`() async throws {
        let folder = try source()
        let once = await Session().run("render", "--path", folder.path)
        let again = try Folder()
        try again.write("all.yaml", once.out)
        let twice = await Session().run("render", "--path", again.path)
        #expect(twice.status == 0, "\(twice.error)")
        #expect(once.out == twice.out)
    }

    @Test func `a group stands for its apps, and an unknown name is an error`() async throws {
        let folder = try source()
        let group = await Session().run("render", "--path", folder.path, "shop", "--output", "json")
        #expect(group.out.hasPrefix("[\n  {\n    \"id\": \"/shop/db\""))
        #expect(group.out.contains("\"id\": \"/shop/web\""))
        let unknown = await Session().run("render", "--path", folder.path, "/nobody")
        #expect(unknown.status == 1)
        #expect(unknown.error.contains("/nobody"))
    }

    @Test func `an app with an error is left out and told`() async throws {
        let folder = try source()
        try folder.write("shop/db.yaml", "cmd: sleep 1\ncpus: many\n")
        let run = await Session().run("render", "--path", folder.path)
        #expect(run.status == 1)
        #expect(run.error.contains("shop/db.yaml:2:7: error:"))
        #expect(run.out.contains("/shop/web") && !run.out.contains("id: /shop/db\n"))
    }
}

@Suite struct FormatCommandTests {
    @Test func `files are rewritten once, and only named with --check`() async throws {
        let folder = try Folder()
        let path = try folder.write("shop/web.yaml", "# The front.\ninstances: 2 # two\ncmd: 'sleep 1'\n")
        let check = await Session().run("fmt", "--check", folder.path)
        #expect(check.status == 1)
        #expect(check.out == "\(path)\n1 file would be changed\n")
        let run = await Session().run("fmt", folder.path)
        #expect(run.status == 0)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "# The front.\ncmd: sleep 1\ninstances: 2 # two\n")
        let again = await Session().run("fmt", "--check", folder.path)
        #expect(again.status == 0)
        #expect(again.out == "0 files would be changed\n")
    }

    @Test func `a broken file is an error, one with anchors is left alone`() async throws {
        let folder = try Folder()
        let broken = try folder.write("a.yaml", "cmd: [\n")
        let run = await Session().run("fmt", folder.path)
        #expect(run.status == 1)
        #expect(run.error.contains("\(broken):2:1: the file is left as it is: "), "\(run.error)")
        try folder.write("a.yaml", "cmd: &c run\nuser: *c\n")
        let anchors = await Session().run("fmt", folder.path)
        #expect(anchors.status == 0)
        #expect(anchors.error.contains("it has anchors"))
    }
}

@Suite struct SchemaCommandTests {
    @Test func `the schema is printed`() async throws {
        let run = await Session().run("schema")
        #expect(run.status == 0)
        #expect(run.out.contains("\"$schema\": \"http://json-schema.org/draft-07/schema#\""))
    }
}

@Suite struct ImportTests {
    private static let answer = """
        {"id": "/", "apps": [], "groups": [{"id": "/shop", "dependencies": ["/base"], "apps": [
          {"id": "/shop/web", "cmd": "sleep 1", "instances": 3, "cpus": 1, "mem": 128, "version": "2020-01-01T00:00:00Z",
           "tasksRunning": 3, "env": {"MODE": "on", "DB_PASSWORD": "hunter2"}, "uris": ["http://example.org/a.tgz"],
           "container": {"type": "DOCKER", "docker": {"image": "nginx", "network": "HOST"}}, "dependencies": ["/shop/db"]},
          {"id": "/shop/db", "cmd": "sleep 2", "instances": 1}]}]}
        """

    @Test func `a Marathon's answer becomes a file for each app, with only what differs`() async throws {
        let folder = try Folder()
        let answer = try folder.write("groups.json", Self.answer)
        let run = await Session().run("import", "marathon", answer, "--output", "\(folder.path)/out")
        #expect(run.status == 0, "\(run.error)")
        try Golden.expect(run.out.replacing(folder.path, with: "FOLDER"), is: "import.txt")
        let web = try String(contentsOfFile: "\(folder.path)/out/shop/web.yaml", encoding: .utf8)
        try Golden.expect(web, is: "import-web.yaml")
        #expect(!web.contains("hunter2"))
        let db = try String(contentsOfFile: "\(folder.path)/out/shop/db.yaml", encoding: .utf8)
        #expect(db == "cmd: sleep 2\n")
        let lint = await Session().run("lint", "\(folder.path)/out/shop/web.yaml")
        #expect(lint.status == 0, "\(lint.out)")
    }

    @Test func `what is there already is kept, unless it shall be replaced`() async throws {
        let folder = try Folder()
        let answer = try folder.write("app.json", "{\"id\": \"/web\", \"cmd\": \"sleep 1\"}")
        let mine = try folder.write("out/web.yaml", "cmd: mine\n")
        let kept = await Session().run("import", "marathon", answer, "--output", "\(folder.path)/out")
        #expect(kept.status == 1)
        #expect(kept.out.contains("\(mine) is there already"))
        #expect(try String(contentsOfFile: mine, encoding: .utf8) == "cmd: mine\n")
        let replaced = await Session().run(
            "import",
            "marathon",
            "--overwrite",
            answer,
            "--output",
            "\(folder.path)/out"
        )
        #expect(replaced.status == 0)
        #expect(try String(contentsOfFile: mine, encoding: .utf8) == "cmd: sleep 1\n")
    }

    @Test func `what cannot stand beside another is not written, and the reason is told`() async throws {
        let folder = try Folder()
        let app = try folder.write("app.json", "{\"id\": \"/shop\", \"cmd\": \"sleep 1\"}")
        let inner = try folder.write("inner.json", "{\"id\": \"/shop/web\", \"cmd\": \"sleep 1\"}")
        let run = await Session().run("import", "marathon", app, inner, "--output", "\(folder.path)/out")
        #expect(run.status == 1)
        #expect(run.out.contains("not written: shop.yaml: "), "\(run.out)")
        #expect(run.out.contains("[PACER-E023]"), "\(run.out)")
    }

    @Test func `a running Marathon is asked for its groups`() async throws {
        let folder = try Folder()
        let session = Session { call in
            #expect(call.url == "http://marathon:8080/v2/groups?embed=group.groups&embed=group.apps&embed=group.pods")
            return APIAnswer(status: 200, body: Array(Self.answer.utf8))
        }
        let run = await session.run("import", "marathon", "http://marathon:8080/", "--output", "\(folder.path)/out")
        #expect(run.status == 0, "\(run.error)")
        #expect(run.out.hasPrefix("2 apps in 3 files below"))
    }

    @Test(
        arguments: [
            (nil, "", "no Marathon answers: ", "check its address, or save its answer and give the file"),
            (401, "", "answers 401", "it wants a login: save its answer"),
            (404, "", "answers 404", "give the address of a Marathon"), (500, "", "answers 500", "give the address"),
            (200, "<html><body>Log in: here", "http://marathon:8080/v2/groups", ""),
        ] as [(Int?, String, String, String)]
    )
    func `an address where no Marathon is says so, and nothing is written`(
        status: Int?,
        body: String,
        what: String,
        hint: String
    ) async throws {
        let folder = try Folder()
        let session = Session { _ in
            guard let status else { throw NoAnswer("connection refused") }
            return APIAnswer(status: status, body: Array(body.utf8))
        }
        let run = await session.run("import", "marathon", "http://marathon:8080", "--output", "\(folder.path)/out")
        #expect(run.status == 1)
        #expect(run.error.contains(what), "\(run.error)")
        #expect(run.error.contains(hint), "\(run.error)")
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/out"))
    }

    @Test func `what cannot be carried over is told, and the rest is written`() async throws {
        let folder = try Folder()
        let answer = try folder.write(
            "apps.json",
            "{\"apps\": [{\"id\": \"/good\", \"cmd\": \"sleep 1\"}, {\"id\": \"/bad\", \"cmd\": \"x1\", \"cpus\": -1}]}"
        )
        let run = await Session().run("import", "marathon", answer, "--output", "\(folder.path)/out")
        #expect(run.status == 1)
        #expect(run.error.contains("\(answer):1:"))
        #expect(run.out.contains("not carried over: /bad"))
        #expect(FileManager.default.fileExists(atPath: "\(folder.path)/out/good.yaml"))
    }
}
