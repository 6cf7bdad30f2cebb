import Commands
import Testing

/// What the program says of itself.
@Suite struct HelpTests {
    @Test(arguments: [
        "", "controller", "lint", "plan", "status", "explain", "drift", "sync", "rollout", "rollout list",
        "rollout rollback", "rollout suspend", "rollout scale", "exceptions", "deployment", "deployment pause",
        "deployment rollback", "doctor",
    ])
    func `help`(command: String) async throws {
        let words = command.split(separator: " ").map(String.init) + ["--help"]
        let run = await Session().run(words)
        #expect(run.status == 0, "\(words)")
        #expect(run.error.isEmpty)
        try Golden.expect(run.out, is: (["help"] + words.dropLast()).joined(separator: "-") + ".txt")
    }

    @Test func `the program alone shows its help`() async {
        let alone = await Session().run()
        let help = await Session().run("--help")
        #expect(alone.out == help.out)
        #expect(alone.status == 0)
    }

    @Test func `the version`() async {
        let run = await Session().run("--version")
        #expect(run.out == "\(Version.current)\n")
        #expect(run.status == 0)
    }

    @Test(arguments: [
        ["nonsense"], ["lint"], ["status", "--output", "xml"], ["plan", "--base", "HEAD", "--server", "http://x"],
        ["sync", "--timeout", "10 minutes"],
    ])
    func `a wrong call is an error with status 1`(words: [String]) async {
        let run = await Session().run(words)
        #expect(run.status == 1)
        #expect(run.out.isEmpty)
        #expect(run.error.hasPrefix("Error: "))
    }

    /// Every setting has a flag, so that the table and the flags cannot part.
    @Test(arguments: Setting.all.map(\.flag)) func `every setting has its flag`(flag: String) async {
        let run = await Session().run("controller", flag)
        #expect(run.error.contains("Missing value for '\(flag)"))
    }
}
