package import Domain

/// Puts apps into the order of their dependencies. A dependency is a path: an app, or a group, which stands for every
/// app below it.
///
/// A group is one node of the search however many apps depend on it, and each node is entered once, so the cost follows
/// the number of declared dependencies: neither diamonds nor large groups multiply it.
package struct DependencyOrder: Sendable {
    /// The apps that there are, sorted; paths that lead to no other are dependencies on nothing.
    private let ids: [AppID]

    /// Dependencies among these apps.
    package init(among ids: some Sequence<AppID>) { self.ids = ids.sorted() }

    /// The apps that `dependency` stands for, sorted: the app of that path, and every app below the group of that path.
    package func members(of dependency: String) -> [AppID] {
        guard dependency != "/" else { return ids }
        let exact = ids[firstIndex(notBefore: dependency)...].prefix { $0.path == dependency }
        // Every path below the group begins with its path and a slash, and "0" is the byte after the slash.
        let below = firstIndex(notBefore: dependency + "/")..<firstIndex(notBefore: dependency + "0")
        return Array(exact) + ids[below]
    }

    /// The apps that an app with these dependencies waits for, sorted; an app never waits for itself.
    package func members(of dependencies: [String], without app: AppID) -> [AppID] {
        guard dependencies.count > 1 else { return dependencies.flatMap(members).filter { $0 != app } }
        return Set(dependencies.flatMap(members)).subtracting([app]).sorted()
    }

    /// Whether `dependency` stands for any app.
    package func hasMembers(of dependency: String) -> Bool {
        guard dependency != "/" else { return !ids.isEmpty }
        let first = firstIndex(notBefore: dependency)
        let below = firstIndex(notBefore: dependency + "/")
        return first < ids.count && ids[first].path == dependency || below < firstIndex(notBefore: dependency + "0")
    }

    /// Apps in the order of their dependencies.
    package struct Sorted: Hashable, Sendable {
        /// Each after what it depends on; among equals by id.
        package let apps: [AppID]
        /// Whether the dependencies lead back to where they came from: then the order breaks one edge of each cycle, the
        /// one that closes it, seen from the smallest id.
        package let hasCycle: Bool
    }

    /// `roots` and all that they depend on.
    ///
    /// A cycle cannot come from a manifest that was read without error; two sources together can make one. The search
    /// ends all the same.
    /// - Parameter dependencies: The paths that an app depends on.
    package func sorted(from roots: some Sequence<AppID>, dependencies: (AppID) -> [String]) -> Sorted {
        var search = Search(order: self)
        for root in roots.sorted() { search.visit(root, dependencies: dependencies) }
        return Sorted(apps: search.found, hasCycle: search.hasCycle)
    }

    private func firstIndex(notBefore path: String) -> Int {
        var low = 0
        var high = ids.count
        while low < high {
            let middle = (low + high) / 2
            if ids[middle].path.utf8.lexicographicallyPrecedes(path.utf8) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension DependencyOrder {
    /// A search in depth that keeps its own stack: chains of dependencies may be longer than a thread's stack is deep.
    private struct Search {
        enum Node: Hashable {
            case app(AppID)
            case path(String)
        }

        struct Frame {
            let node: Node
            let children: [Node]
            var next = 0
        }

        let order: DependencyOrder
        var found: [AppID] = []
        var hasCycle = false
        /// Nodes that were entered, and whether the search is done with them.
        private var entered: [Node: Bool] = [:]

        init(order: DependencyOrder) { self.order = order }

        mutating func visit(_ root: AppID, dependencies: (AppID) -> [String]) {
            guard enter(.app(root)) else { return }
            var stack = [Frame(node: .app(root), children: children(of: .app(root), dependencies))]
            while let top = stack.indices.last {
                guard stack[top].next < stack[top].children.count else {
                    let node = stack.removeLast().node
                    entered[node] = true
                    if case .app(let app) = node { found.append(app) }
                    continue
                }
                let child = stack[top].children[stack[top].next]
                stack[top].next += 1
                guard enter(child) else { continue }
                stack.append(Frame(node: child, children: children(of: child, dependencies)))
            }
        }

        /// Enters a node that is new. One that is entered and not done with lies on the way here: a cycle.
        private mutating func enter(_ node: Node) -> Bool {
            switch entered[node] {
            case true: return false
            case false:
                hasCycle = true
                return false
            case nil:
                entered[node] = false
                return true
            }
        }

        private func children(of node: Node, _ dependencies: (AppID) -> [String]) -> [Node] {
            switch node {
            case .path(let path): return order.members(of: path).map(Node.app)
            case .app(let app):
                return dependencies(app).sorted().flatMap { path -> [Node] in
                    // A group that holds the app itself would be entered through the app and look finished to it.
                    let holdsItself = GroupID(path)?.contains(app) ?? false
                    guard holdsItself else { return [.path(path)] }
                    return order.members(of: path).filter { $0 != app }.map(Node.app)
                }
            }
        }
    }
}
