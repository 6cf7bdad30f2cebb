import ArgumentParser
import Cores
import Digests
import Domain
import Manifests
import Planning
import YAMLReader

/// Measures what the machine does beside what it has to do at the least: each figure is a ratio to a floor of the same
/// run, since the machine's own speed is nobody's business.
@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pacer-bench",
        abstract: "Loads and plans a large repository, and compares with a bare libyaml scan of the same bytes."
    )

    @Option(help: "How many app files of about 40 lines.")
    var files = 10_000

    @Option(help: "How often each figure is taken; the median is shown.")
    var runs = 5

    /// What can be measured by itself.
    enum Part: String, CaseIterable, ExpressibleByArgument {
        case loading, placement
    }

    @Option(help: "Only one part: loading or placement.")
    var only: Part?

    func run() throws {
        if only != .placement { loading() }
        guard only != .loading else { return }
        for agents in [1000, 10_000] { try placement(onto: agents) }
    }

    private func loading() {
        let tree = Tree(files: files)
        // One after the other in each run: a machine that others use is not as fast all the time.
        var (floors, alone, together): ([Duration], [Duration], [Duration]) = ([], [], [])
        for _ in 0..<max(1, runs) {
            floors.append(time { tree.files.reduce(0) { $0 + YAMLFloor.events(in: $1.content ?? []) } })
            alone.append(time { Tree.load(tree.update(), .caller) })
            together.append(time { Tree.load(tree.update(), .cores) })
        }
        let floor = median(floors)
        print("libyaml events, \(files) files, one core: \(floor.text)")
        report("files to desired state on one core", median(alone), floor)
        report("files to desired state on all cores", median(together), floor)

        var manifests = Tree.manifests(.cores)
        let desired = manifests.apply(tree.update())
        let parsed = manifests.parsedFiles
        report("the same files again", median { manifests.apply(tree.update()) }, floor)
        print("of which were parsed again: \(manifests.parsedFiles - parsed)")
        let planner = Planner(policy: Planner.Policy(), sha256: sha256)
        let actual = PlanBetween.settled(desired)
        var number = 0
        let changed = median {
            number += 1
            let state = manifests.apply(tree.change(number))
            return planner.plan(desired: state, actual: actual).changes.count
        }
        report("one file changed, to its plan", changed, floor)
    }

    /// The scheduler's matching core, in tasks per second of CPU time: there is no floor to compare it with.
    private func placement(onto agents: Int) throws {
        let cluster = Placement(agents: agents, apps: 2000, tasks: 100_000, sha256: sha256)
        let figures = (0..<max(1, runs)).compactMap { _ in cluster.measure() }.sorted { $0.time < $1.time }
        guard figures.count == max(1, runs) else {
            throw ValidationError("Not every task found a place on \(agents) agents: nothing was measured.")
        }
        let median = figures[figures.count / 2]
        let rate = "\(median.perSecond) a second"
        print("\(median.tasks) tasks of 2000 apps placed on \(agents) agents: \(median.time.text), \(rate)")
    }

    private func report(_ what: String, _ time: Duration, _ floor: Duration) {
        let ratio = FieldValue.decimal(millionths: Int64((time / floor) * 100) * 10_000)
        print("\(what): \(time.text), \(ratio) of the floor")
    }

    private func median<Result>(_ body: () -> Result) -> Duration {
        median((0..<max(1, runs)).map { _ in time(body) })
    }

    private func median(_ times: [Duration]) -> Duration { times.sorted()[times.count / 2] }

    private func time<Result>(_ body: () -> Result) -> Duration { ContinuousClock().measure { _ = body() } }
}

extension Duration {
    /// Milliseconds with two decimals.
    var text: String {
        let hundredths = components.seconds * 100_000 + components.attoseconds / 10_000_000_000_000
        return FieldValue.decimal(millionths: hundredths * 10_000) + " ms"
    }
}
