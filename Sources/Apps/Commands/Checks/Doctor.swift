import Boundary
import Domain
import GitSource
import HTTPClient
import Logging
import Manifests
import MesosClient
import OrderedCollections
import ZooKeeperStore

/// Tries out the parts of a controller, each by itself, all at the same time.
struct Doctor {
    typealias Check = DoctorDocument.Check

    let configuration: Configuration
    let logger: Logger
    /// How long ZooKeeper may take to name a Mesos master.
    var patience: Duration = .seconds(10)

    init(_ configuration: Configuration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Everything that was found, in a fixed order.
    func examine() async -> [Check] {
        async let sources = sources()
        async let zookeeper = zookeeper()
        async let mesos = mesos()
        let here = [dataDirectory(), await ListeningProbe.check(configuration.http.listen)]
        return await sources + zookeeper + mesos + here
    }

    // MARK: - Git

    private func sources() async -> [Check] {
        do {
            return try await FileTree.withTemporaryFolder { folder in
                var checks: [Check] = []
                for source in configuration.sources { checks += await examine(source, mirrors: folder) }
                return checks
            }
        } catch {
            return [Check("sources", .bad, "\(error)")]
        }
    }

    private func examine(_ source: Configuration.Source, mirrors: String) async -> [Check] {
        let subject = "source \(source.name)"
        let parts = ControllerParts(configuration, logger: logger)
        do throws(SourceFailure) {
            guard let update = try await parts.repository(source, mirrors: mirrors).update(since: nil) else {
                return [Check(subject, .bad, "the repository told nothing", hint: "this is a defect of Pacer")]
            }
            var manifests = parts.manifests(source)
            let state = manifests.apply(update)
            let place = "\(source.branch) is at \(update.revision.rawValue.prefix(12))"
            let apps = ProblemView.count(state.apps.count, "app")
            let isGood = state.problems.isEmpty
            return [
                Check(
                    subject,
                    isGood ? .good : .notable,
                    "\(place), with \(apps) and \(ProblemView.sum(state.problems))",
                    hint: state.problems.first.map { "\($0.place): \($0.message); \($0.hint)" }
                )
            ]
        } catch {
            return [Check(subject, .bad, error.message, hint: error.hint)]
        }
    }

    // MARK: - ZooKeeper

    private func zookeeper() async -> [Check] {
        await ZooKeeperCheck.run(configuration.zookeeper.zookeeper).map { finding in
            let verdict: DoctorDocument.Verdict =
                switch finding.verdict {
                case .good: .good
                case .notable: .notable
                case .bad: .bad
                }
            return Check("zookeeper", verdict, finding.message)
        }
    }

    // MARK: - Mesos

    private func mesos() async -> [Check] {
        let parts = ControllerParts(configuration, logger: logger)
        do {
            let client = try HTTPClient()
            let masters = try await located(parts.masters)
            let examiner = MesosOperator(masters, client: client, credential: try parts.credential())
            let findings = await examiner.examine()
            await client.shutDown()
            return findings.map { finding in
                let verdict: DoctorDocument.Verdict =
                    switch finding.severity {
                    case .fine: .good
                    case .warning: .notable
                    case .problem: .bad
                    }
                return Check("mesos", verdict, finding.text, hint: finding.hint)
            }
        } catch let failure as Failure {
            return [Check("mesos", .bad, failure.message, hint: failure.hint)]
        } catch {
            return [Check("mesos", .bad, "\(error)")]
        }
    }

    /// A master that ZooKeeper has to name is waited for, but not for ever.
    private func located(_ source: MasterSource) async throws -> MasterSource {
        guard case .detector(let locate) = source else { return source }
        let master = try await withThrowingTaskGroup(of: MasterAddress?.self) { group in
            group.addTask { try await locate() }
            group.addTask { [patience] in
                try await Task.sleep(for: patience)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        guard let master else {
            throw Failure(
                "ZooKeeper names no leading Mesos master",
                hint: "check the path in mesos, and whether the masters run with --zk on the same one"
            )
        }
        return .addresses([master])
    }

    // MARK: - Here

    /// Looks without making the folder: in the nearest one above it that is there it must be possible to make one.
    private func dataDirectory() -> Check {
        let folder = configuration.dataDirectory
        let hint = "give this user the right to, or set dataDirectory to another folder"
        guard let fault = FileTree.faultOfMaking(folder) else {
            let isThere = FileTree.isFolder(folder)
            return Check("data directory", .good, "\(folder) can be \(isThere ? "written" : "made")")
        }
        return Check("data directory", .bad, "\(folder) cannot be used: \(fault)", hint: hint)
    }
}
