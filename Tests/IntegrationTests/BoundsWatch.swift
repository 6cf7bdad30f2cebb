import Foundation

/// How few tasks of an app may be healthy, and how many there may be.
struct Bounds: Equatable {
    var minimum: Int
    var maximum: Int

    /// An app that is not there.
    static let none = Bounds(minimum: 0, maximum: 0)

    /// The bounds of an upgrade strategy. Where both meet there may be one more: else nothing could ever move.
    init(of instances: Int, health: Double, over: Double) {
        minimum = Int((Double(instances) * health).rounded(.up))
        maximum = instances + Int((Double(instances) * over).rounded(.down))
        if maximum == minimum { maximum += 1 }
    }

    init(minimum: Int, maximum: Int) {
        self.minimum = minimum
        self.maximum = maximum
    }

    /// The bounds while nobody can say which of the two are in force.
    func or(_ other: Bounds) -> Bounds {
        Bounds(minimum: min(minimum, other.minimum), maximum: max(maximum, other.maximum))
    }
}

/// Holds apps' tasks against the bounds of their upgrade strategies: at every look as the master sees them then, and at
/// the end by the times of all states that they were in, which shows also what happened between two looks.
final class BoundsWatch {
    private struct Expectation {
        var checked: Bool
        /// The bounds from each moment on, in order.
        var steps: [(from: Double, bounds: Bounds)]
    }

    private let everyTask: () throws -> [MesosTask]
    private var expectations: [String: Expectation] = [:]
    private var seen: [String: MesosTask] = [:]
    private(set) var violations: [String] = []

    convenience init(cluster: Cluster) { self.init { try cluster.everyTask() } }

    /// - Parameter everyTask: Every task that Mesos has or had, at each look.
    init(_ everyTask: @escaping () throws -> [MesosTask]) { self.everyTask = everyTask }

    /// From now on these bounds hold for the tasks of a name, and no others.
    /// - Parameter checked: Whether the app has a health check.
    func hold(_ name: String, _ bounds: Bounds, checked: Bool = false, from moment: Date = Date()) {
        let step = (from: moment.timeIntervalSince1970, bounds: bounds)
        expectations[name, default: Expectation(checked: checked, steps: [])].steps.append(step)
    }

    /// From now on the bounds are these or those of before: a commit is on its way, and nobody can say how far it is.
    func allow(_ name: String, _ bounds: Bounds, checked: Bool = false, from moment: Date = Date()) {
        hold(name, bounds.or(current(name)), checked: checked, from: moment)
    }

    private func current(_ name: String) -> Bounds { expectations[name]?.steps.last?.bounds ?? .none }

    /// Looks at all tasks once.
    /// - Returns: them.
    @discardableResult
    func look() throws -> [MesosTask] {
        let tasks = try everyTask()
        for task in tasks { seen[task.id] = task }
        for (name, expectation) in expectations.sorted(by: { $0.key < $1.key }) {
            let alive = tasks.filter { $0.name == name && $0.isAlive }
            let healthy = alive.count { $0.isHealthy(checked: expectation.checked) }
            judge(name, healthy: healthy, alive: alive.count, current(name), "at a look")
        }
        return tasks
    }

    /// Goes through everything that happened to the tasks, by Mesos's times, and judges every moment of it.
    func judgeHistory() throws {
        try look()
        for (name, expectation) in expectations.sorted(by: { $0.key < $1.key }) { judge(name, expectation) }
    }

    private func judge(_ name: String, _ expectation: Expectation) {
        var changes: [(at: Double, healthy: Int, alive: Int)] = []
        for task in seen.values where task.name == name {
            if let arrived = task.arrived { changes.append((arrived, 0, 1)) }
            if let ended = task.ended { changes.append((ended, 0, -1)) }
            guard let span = task.healthySpan(checked: expectation.checked) else { continue }
            changes.append((span.from, 1, 0))
            if let end = span.until { changes.append((end, -1, 0)) }
        }
        var healthy = 0
        var alive = 0
        let moments = Dictionary(grouping: changes, by: \.at).sorted { $0.key < $1.key }
        for (moment, changes) in moments {
            healthy += changes.reduce(0) { $0 + $1.healthy }
            alive += changes.reduce(0) { $0 + $1.alive }
            guard let bounds = expectation.steps.last(where: { $0.from <= moment })?.bounds else { continue }
            judge(name, healthy: healthy, alive: alive, bounds, "at \(moment) by the history")
        }
    }

    private func judge(_ name: String, healthy: Int, alive: Int, _ bounds: Bounds, _ when: String) {
        if alive > bounds.maximum { violations.append("\(name): \(alive) tasks, more than \(bounds.maximum), \(when)") }
        if healthy < bounds.minimum {
            violations.append("\(name): \(healthy) healthy tasks, fewer than \(bounds.minimum), \(when)")
        }
    }
}
