import Domain
import OrderedCollections

/// Reads one app's fields, with Marathon's defaults, ranges and cross-field rules (the Marathon 1.11 definition).
struct AppReader {
    let table: MappingReader
    var log: ProblemLog { table.log }

    private static let seconds: ClosedRange<Int64> = 0...1_000_000_000

    /// The app's spec without its dependencies. Where a value is wrong it is reported and its default stands in.
    func spec(id: AppID) -> AppSpec {
        var spec = AppSpec(id: id)
        readCommand(into: &spec)
        spec.user = nonEmptyText("user")
        spec.env = environment("env")
        spec.labels = table.textTable("labels") ?? [:]
        spec.resources = resources()
        spec.instances = Int(table.integer("instances", in: 0...1_000_000) ?? 1)
        spec.portDefinitions = PortReader(table: table).definitions()
        spec.requirePorts = table.flag("requirePorts") ?? false
        spec.fetch = FetchReader(table: table).files()
        spec.healthChecks = HealthCheckReader(table: table, ports: spec.portDefinitions.count).checks()
        spec.upgradeStrategy = upgradeStrategy()
        spec.constraints = ConstraintReader(table: table).constraints()
        spec.backoff = backoff()
        spec.killGracePeriod = table.integer("taskKillGracePeriodSeconds", in: AppReader.seconds).map { .seconds($0) }
        spec.killSelection = killSelection()
        spec.rollout = RolloutReader(table: table, instances: spec.instances).strategy()
        spec.role = role()
        spec.acceptedResourceRoles = acceptedResourceRoles()
        spec.unreachableStrategy = unreachableStrategy()
        ResidentReader(table: table).complete(&spec)
        refuseWhatIsNotCarried()
        checkSingleInstance(spec)
        return spec
    }

    private func readCommand(into spec: inout AppSpec) {
        spec.cmd = nonEmptyText("cmd")
        spec.args = table.texts("args") ?? []
        let hasArguments = table.value("args").map { !$0.saysNothing } ?? false
        switch (table.has("cmd"), hasArguments) {
        case (true, true):
            let other = log.words(for: table.keyMark(of: "cmd"))
            log.report(
                .commandOrArguments,
                at: table.keyMark(of: "args"),
                "An app has either `cmd` or `args`; this one has `cmd` at \(other) too",
                hint: "keep `cmd` for a shell command, or `args` for a program with its arguments"
            )
        case (false, false):
            // An image may bring its own command; that images are not supported is told elsewhere.
            guard !ContainerReader(table: table).namesImage else { return }
            log.report(
                .commandOrArguments,
                at: table.mark,
                "The app has neither `cmd` nor `args`",
                hint: "say what to run: `cmd: ./serve --port $PORT0`"
            )
        case (true, false), (false, true): break
        }
    }

    /// Text that is not empty.
    func nonEmptyText(_ key: String) -> String? {
        guard let text = table.text(key) else { return nil }
        guard text.isEmpty else { return text }
        table.report(.badValue, at: key, "`\(table.path(of: key))` is empty", hint: "give it a value, or remove it")
        return nil
    }

    /// Environment variables, sorted by name.
    func environment(_ key: String) -> OrderedDictionary<String, String> {
        guard let node = table.value(key) else { return [:] }
        guard case .mapping(let entries) = node.content else { return table.textTable(key) ?? [:] }
        var plain = node
        plain.content = .mapping(entries.filter { !isSecret($0, in: key) })
        let env = log.textTable(plain, path: table.path(of: key)) ?? [:]
        for name in env.keys where name.contains("=") {
            let hint = "remove the = from the name"
            table.report(.badValue, at: key, "The variable name `\(clipped(name))` holds a =", hint: hint)
        }
        return env
    }

    /// `NAME: {secret: …}`: reported, and left out.
    private func isSecret(_ entry: YAMLNode.Entry, in key: String) -> Bool {
        guard case .mapping(let members) = entry.value.content,
            members.contains(where: { $0.key.writtenText == "secret" })
        else { return false }
        let name = "\(table.path(of: key)).\(clipped(entry.key.writtenText ?? ""))"
        let message = "`\(name)` takes a secret, which is not supported by Pacer yet"
        log.report(
            .notSupported,
            at: entry.value.mark,
            message,
            hint: "give the value as text, or fetch it in the task"
        )
        return true
    }

    private func resources() -> Resources {
        let mebibytes: ClosedRange<Int64> = 0...1_000_000_000_000
        return Resources(
            cpus: table.number("cpus", places: 3, in: 0...1_000_000_000) ?? 1000,
            mem: table.number("mem", places: 3, in: mebibytes) ?? 128_000,
            disk: table.number("disk", places: 3, in: mebibytes) ?? 0,
            gpus: (table.integer("gpus", in: 0...1_000_000) ?? 0) * 1000
        )
    }

    private func upgradeStrategy() -> UpgradeStrategy {
        guard let strategy = table.mapping("upgradeStrategy", keys: AppKeys.upgradeStrategy) else {
            return UpgradeStrategy()
        }
        for key in ["minimumHealthCapacity", "maximumOverCapacity"] where !strategy.has(key) {
            strategy.reportMissing(key, hint: "give both members, each from 0 to 1, or none of them")
        }
        let share: ClosedRange<Int64> = 0...1_000_000
        return UpgradeStrategy(
            minimumHealthMillionths: strategy.number("minimumHealthCapacity", places: 6, in: share) ?? 1_000_000,
            maximumOverMillionths: strategy.number("maximumOverCapacity", places: 6, in: share) ?? 1_000_000
        )
    }

    private func backoff() -> BackoffPolicy {
        let standard = BackoffPolicy()
        let factors: ClosedRange<Int64> = 1_000_000...1_000_000_000
        return BackoffPolicy(
            first: table.integer("backoffSeconds", in: AppReader.seconds).map { .seconds($0) } ?? standard.first,
            factorMillionths: table.number("backoffFactor", places: 6, in: factors) ?? standard.factorMillionths,
            longest: table.integer("maxLaunchDelaySeconds", in: AppReader.seconds).map { .seconds($0) }
                ?? standard.longest
        )
    }

    /// Any role that Mesos knows the form of. Marathon allows the framework's own and the name of the group at the top
    /// only; what a framework may have is for Mesos's access control to say.
    private func role() -> String? {
        guard let role = table.text("role"), let fault = RoleName.fault(role) else { return table.text("role") }
        let hint = "use a name, names with / between them, or *"
        table.report(.badValue, at: "role", "`\(table.path(of: "role"))` \(fault)", hint: hint)
        return nil
    }

    /// A set: sorted, without doubles. Which role the framework has is not known here; a foreign one is never offered.
    func acceptedResourceRoles() -> [String]? {
        guard table.has("acceptedResourceRoles") else { return nil }
        let roles = Set(table.texts("acceptedResourceRoles") ?? []).sorted()
        guard !roles.isEmpty, !roles.contains("") else {
            table.report(
                .badValue,
                at: "acceptedResourceRoles",
                "`\(table.path(of: "acceptedResourceRoles"))` accepts nothing",
                hint: "name `*` or the framework's role, or remove it to accept everything"
            )
            return nil
        }
        return roles
    }

    /// Marathon's rule: `"disabled"`, or two times of which the first is not the longer one. Its defaults, 0 and 0, are
    /// what an app has that says nothing.
    func unreachableStrategy() -> UnreachableStrategy? {
        guard let node = table.value("unreachableStrategy") else { return nil }
        guard case .mapping = node.content else {
            return table.choice("unreachableStrategy", among: ["disabled"]).map { _ in .disabled }
        }
        let strategy = table.mapping("unreachableStrategy", keys: AppKeys.unreachable)
        let inactive = strategy?.integer("inactiveAfterSeconds", in: AppReader.seconds) ?? 0
        let expunge = strategy?.integer("expungeAfterSeconds", in: AppReader.seconds) ?? 0
        guard inactive <= expunge else {
            table.report(
                .badValue,
                at: "unreachableStrategy",
                "An instance is lost for good (\(expunge) s) before it is replaced (\(inactive) s)",
                hint: "give an expungeAfterSeconds of at least \(inactive)"
            )
            return nil
        }
        guard inactive > 0 || expunge > 0 else { return nil }
        return .replace(inactiveAfter: .seconds(inactive), expungeAfter: .seconds(expunge))
    }

    /// Which instances go first when the app shrinks.
    func killSelection() -> KillSelection {
        let choices = [KillSelection.youngestFirst, .oldestFirst].map(\.rawValue)
        return table.choice("killSelection", among: choices).flatMap(KillSelection.init(rawValue:)) ?? .youngestFirst
    }

    /// `MARATHON_SINGLE_INSTANCE_APP`: no two instances at any time, not even during a replacement.
    private func checkSingleInstance(_ spec: AppSpec) {
        guard spec.labels["MARATHON_SINGLE_INSTANCE_APP"] == "true" else { return }
        let nothing = UpgradeStrategy(minimumHealthMillionths: 0, maximumOverMillionths: 0)
        if spec.instances > 1 {
            let message = "The label MARATHON_SINGLE_INSTANCE_APP allows one instance; there shall be \(spec.instances)"
            table.report(.singleInstance, at: "instances", message, hint: "set `instances` to 1, or remove the label")
        }
        if spec.upgradeStrategy != nothing {
            table.report(
                .singleInstance,
                at: "upgradeStrategy",
                "The label MARATHON_SINGLE_INSTANCE_APP needs an upgradeStrategy of 0 and 0",
                hint: "write `upgradeStrategy: {minimumHealthCapacity: 0, maximumOverCapacity: 0}`"
            )
        }
    }

    /// Keys of Marathon's that are not carried yet, where they say more than their default.
    private func refuseWhatIsNotCarried() {
        if table.flag("tty") == true { refuse("tty") }
        if let networks = table.items("networks"), !networks.allSatisfy({ isHostNetwork($0.node, $0.path) }) {
            refuse("networks")
        }
    }

    private func isHostNetwork(_ node: YAMLNode, _ path: String) -> Bool {
        guard let network = MappingReader(node, path: path, keys: AppKeys.network, log: log) else { return true }
        return network.text("mode") == "host" && !network.has("name")
    }

    private func refuse(_ key: String) {
        log.report(
            .notSupported,
            at: table.keyMark(of: key),
            "`\(table.path(of: key))` is not supported by Pacer yet, but for its default",
            hint: AppKeys.app.refusedHint
        )
    }
}
