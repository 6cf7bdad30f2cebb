package import Domain

/// Tries out whether Pacer can work with a ZooKeeper, for `pacer doctor`. Changes nothing that stays.
package enum ZooKeeperCheck {
    /// What one look showed.
    package struct Finding: Hashable, Sendable {
        /// How good it is.
        package enum Verdict: String, Hashable, Sendable {
            /// As it should be.
            case good
            /// It works, but somebody should know.
            case notable
            /// Pacer cannot work like this.
            case bad
        }

        /// What was looked at: `reachable`, `session`, `layout`, `writable`, `leader`.
        package let subject: String
        /// How good it is.
        package let verdict: Verdict
        /// What was found, as a sentence; where it is bad, with what to do.
        package let message: String

        init(_ subject: String, _ verdict: Verdict, _ message: String) {
            self.subject = subject
            self.verdict = verdict
            self.message = message
        }
    }

    /// Knocks at every server, opens a session, looks at the layout, tries a write, and looks who leads. Stops at the
    /// first thing without which the rest makes no sense.
    /// - Parameter patience: how long to look for a server, in milliseconds.
    package static func run(_ address: ZooKeeperAddress, patience: Milliseconds = .seconds(5)) async -> [Finding] {
        guard address.path != "/" else {
            return [Finding("address", .bad, StoreError.noPath("\(address)").description)]
        }
        var findings: [Finding] = []
        for server in address.servers {
            switch await ServerProbe.knock(at: server) {
            case .accepts: findings.append(Finding("reachable", .good, "\(server) accepts connections."))
            case .fails(let reason): findings.append(Finding("reachable", .notable, "\(server): \(reason)."))
            }
        }
        do {
            let session = try await ZooKeeperSession.open(address, timeout: .seconds(10), patience: patience)
            findings.append(
                Finding("session", .good, "A session was granted, with a timeout of \(session.timeout.count) ms.")
            )
            findings += await look(session, Layout(root: address.path))
            await session.close()
        } catch {
            findings.append(Finding("session", .bad, "\(error)"))
        }
        return findings
    }

    private static func look(_ session: ZooKeeperSession, _ layout: Layout) async -> [Finding] {
        var findings: [Finding] = []
        var goesOn = true
        func attempt(_ subject: String, _ look: () async throws -> Finding) async {
            guard goesOn else { return }
            do {
                let finding = try await look()
                goesOn = finding.verdict != .bad
                findings.append(finding)
            } catch {
                goesOn = false
                findings.append(Finding(subject, .bad, "\(error)"))
            }
        }
        await attempt("layout") { try await version(session, layout) }
        await attempt("writable") { try await write(session, layout) }
        await attempt("leader") { try await leader(session, layout) }
        return findings
    }

    private static func version(_ session: ZooKeeperSession, _ layout: Layout) async throws -> Finding {
        guard try await session.exists(layout.root) != nil else {
            return Finding("layout", .good, "\(layout.root) is not there yet; the first controller creates it.")
        }
        let layoutGuard = LayoutGuard(session: session, layout: layout)
        guard let version = try await layoutGuard.version() else {
            let children = try await session.children(layout.root)
            guard !children.isEmpty else {
                return Finding("layout", .good, "\(layout.root) is empty; the first controller fills it.")
            }
            throw StoreError.foreignPath(layout.root, children: children.sorted())
        }
        try layoutGuard.check(version)
        return Finding("layout", .good, "\(layout.root) holds Pacer's layout, version \(version).")
    }

    /// Creates and deletes a znode below the root, or below its nearest ancestor that is there.
    private static func write(_ session: ZooKeeperSession, _ layout: Layout) async throws -> Finding {
        var parent = layout.root[...]
        while !parent.isEmpty, try await session.exists(String(parent)) == nil {
            parent = parent[..<(parent.lastIndex(of: "/") ?? parent.startIndex)]
        }
        let path = try await session.create("\(parent)/pacer-doctor-", mode: .ephemeralSequential)
        try await session.delete(path)
        return Finding(
            "writable",
            .good,
            "A znode could be created and deleted below \(parent.isEmpty ? "/" : parent)."
        )
    }

    private static func leader(_ session: ZooKeeperSession, _ layout: Layout) async throws -> Finding {
        do {
            let names = try await session.children(layout.election)
            guard let name = Election.leader(among: names) else {
                return Finding("leader", .notable, "No controller runs.")
            }
            let address = String(decoding: try await session.get("\(layout.election)/\(name)").value, as: UTF8.self)
            return Finding("leader", .good, "The controller at \(address) leads; candidates: \(names.count).")
        } catch {
            guard error.code == .noNode else { throw error }
            return Finding("leader", .notable, "No controller runs.")
        }
    }
}
