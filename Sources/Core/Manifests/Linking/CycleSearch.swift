import Domain

/// Finds apps that depend on one another in a circle, through groups too.
///
/// A node is an app, or a group that something depends on; a group leads to the apps in it. Every strongly connected
/// part of that graph with more than one node is a circle, or several through the same nodes.
struct CycleSearch {
    private struct Edge {
        var target: Int
        /// Where it is written; `nil` for the step from a group to a member.
        var place: Place?
    }

    private struct Node {
        var path: String
        var app: Catalog.Reference?
        var edges: [Edge] = []
    }

    private var nodes: [Node] = []
    private var numbers: [String: Int] = [:]

    /// A graph of the apps in `files` that depend on something, by the files' positions.
    init(_ files: [LinkedFile], _ catalog: Catalog) {
        var targets: Set<String> = []
        for (position, file) in files.enumerated() where file.hasDependencies {
            for (index, app) in file.entry.decoded.apps.enumerated() where !file.dependencies[index].isEmpty {
                let reference = Catalog.Reference(entry: position, app: index)
                guard catalog.owners[app.id.path] == reference else { continue }
                let source = number(app.id.path, app: reference)
                for dependency in file.dependencies[index] where catalog.knows(dependency.path) {
                    let owner = catalog.owners[dependency.path]
                    let target = number(dependency.path, app: owner)
                    nodes[source].edges.append(Edge(target: target, place: dependency.place))
                    if owner == nil { targets.insert(dependency.path) }
                }
            }
        }
        addMembers(of: targets)
    }

    /// Steps from groups to those of their apps that depend on something; others end no circle.
    private mutating func addMembers(of groups: Set<String>) {
        guard !groups.isEmpty else { return }
        for member in nodes.indices where nodes[member].app != nil && !nodes[member].edges.isEmpty {
            for group in groupsAround(nodes[member].path) where groups.contains(group) {
                if let number = numbers[group] { nodes[number].edges.append(Edge(target: member, place: nil)) }
            }
        }
    }

    private mutating func number(_ path: String, app: Catalog.Reference?) -> Int {
        if let number = numbers[path] { return number }
        numbers[path] = nodes.count
        nodes.append(Node(path: path, app: app))
        return nodes.count - 1
    }

    /// Reports each circle, in every file that has a part in it.
    func report(to findings: inout LinkFindings) {
        for component in components() {
            let members = Set(component)
            guard let start = component.filter({ nodes[$0].app != nil }).min(by: { nodes[$0].path < nodes[$1].path })
            else { continue }
            let message = "Apps depend on one another in a circle: " + words(for: circle(from: start, within: members))
            var told: Set<Int> = []
            for number in component.sorted(by: { nodes[$0].path < nodes[$1].path }) {
                guard let app = nodes[number].app, told.insert(app.entry).inserted else { continue }
                guard let edge = nodes[number].edges.first(where: { members.contains($0.target) }) else { continue }
                guard let place = edge.place else { continue }
                findings.report(
                    .dependencyCycle,
                    in: app.entry,
                    place,
                    message,
                    hint: "remove one of these dependencies"
                )
            }
        }
    }

    /// The shortest way from a node back to itself.
    private func circle(from start: Int, within members: Set<Int>) -> [(from: Int, edge: Edge)] {
        var came: [Int: (from: Int, edge: Edge)] = [:]
        var queue = [start]
        var head = 0
        while head < queue.count, came[start] == nil {
            let number = queue[head]
            head += 1
            for edge in nodes[number].edges where members.contains(edge.target) && came[edge.target] == nil {
                came[edge.target] = (number, edge)
                queue.append(edge.target)
            }
        }
        var steps: [(from: Int, edge: Edge)] = []
        var at = start
        while let step = came[at] {
            steps.append(step)
            at = step.from
            if at == start { break }
        }
        return steps.reversed()
    }

    /// More steps than this are not told one by one.
    private static let mostSteps = 20

    private func words(for steps: [(from: Int, edge: Edge)]) -> String {
        let sentences = steps.prefix(CycleSearch.mostSteps).map { step in
            let (from, to) = (nodes[step.from].path, nodes[step.edge.target].path)
            guard let place = step.edge.place else { return "\(from) holds \(to)" }
            return "\(from) needs \(to) (\(place.words))"
        }
        let rest = steps.count - sentences.count
        return sentences.joined(separator: ", ") + (rest > 0 ? ", and \(rest) steps more" : "")
    }

    /// The strongly connected parts that hold a circle: Tarjan's algorithm with a stack of its own, because a chain of
    /// dependencies may be as long as there are apps.
    private func components() -> [[Int]] {
        var search = Components(count: nodes.count)
        for root in nodes.indices where !search.isSeen(root) {
            search.visit(root) { number, edge in
                nodes[number].edges.indices.contains(edge) ? nodes[number].edges[edge].target : nil
            }
        }
        return search.found.filter { part in
            part.count > 1 || nodes[part[0]].edges.contains { $0.target == part[0] }
        }
    }
}

/// Tarjan's search for strongly connected components, without recursion.
private struct Components {
    private(set) var found: [[Int]] = []
    private var order: [Int]
    private var lowest: [Int]
    private var isOpen: [Bool]
    private var stack: [Int] = []
    private var next = 0

    init(count: Int) {
        order = [Int](repeating: -1, count: count)
        lowest = order
        isOpen = [Bool](repeating: false, count: count)
    }

    func isSeen(_ number: Int) -> Bool { order[number] >= 0 }

    /// Visits all that can be reached from `root`. `target` gives the end of a node's n-th edge.
    mutating func visit(_ root: Int, target: (Int, Int) -> Int?) {
        var path: [(number: Int, edge: Int)] = [(root, 0)]
        open(root)
        while let (number, edge) = path.last {
            guard let reached = target(number, edge) else {
                path.removeLast()
                close(number)
                if let parent = path.last?.number { lowest[parent] = min(lowest[parent], lowest[number]) }
                continue
            }
            path[path.count - 1].edge += 1
            if !isSeen(reached) {
                open(reached)
                path.append((reached, 0))
            } else if isOpen[reached] {
                lowest[number] = min(lowest[number], order[reached])
            }
        }
    }

    private mutating func open(_ number: Int) {
        order[number] = next
        lowest[number] = next
        next += 1
        isOpen[number] = true
        stack.append(number)
    }

    private mutating func close(_ number: Int) {
        guard lowest[number] == order[number] else { return }
        var part: [Int] = []
        while let member = stack.popLast() {
            isOpen[member] = false
            part.append(member)
            if member == number { break }
        }
        found.append(part)
    }
}
