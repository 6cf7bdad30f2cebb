import FoundationEssentials
package import HTTPClient

/// Asks a master about itself: for `pacer doctor`. Changes nothing.
package struct MesosOperator: Sendable {
    /// Something found out about the master.
    package struct Finding: Hashable, Sendable {
        /// How it bears on Pacer.
        package enum Severity: String, Hashable, Sendable {
            /// As it should be.
            case fine
            /// Works, but should be looked at.
            case warning
            /// Pacer cannot work like this.
            case problem
        }

        /// How it bears on Pacer.
        package let severity: Severity
        /// What was found, as a sentence.
        package let text: String
        /// What to do about it.
        package let hint: String?

        init(_ severity: Severity, _ text: String, hint: String? = nil) {
            self.severity = severity
            self.text = text
            self.hint = hint
        }
    }

    private let master: MasterSource
    private let client: HTTPClient
    private let credential: Credential?
    private let caFile: String?

    /// A way to ask.
    package init(_ master: MasterSource, client: HTTPClient, credential: Credential? = nil, caFile: String? = nil) {
        self.master = master
        self.client = client
        self.credential = credential
        self.caFile = caFile
    }

    /// Finds the leading master and says what is to be said of it. Whether it accepts the framework's role and principal
    /// shows only at a subscription.
    package func examine() async -> [Finding] {
        let candidates: [MasterAddress]
        do {
            candidates = try await master.candidates()
        } catch {
            return [Finding(.problem, "The leading master could not be found: \(error)")]
        }
        var findings: [Finding] = []
        for address in candidates { findings += await examine(address) }
        guard candidates.count > 1, findings.contains(where: { $0.severity == .fine }) else { return findings }
        // One master of several that does not answer is a matter for its keeper, not an obstacle.
        return findings.map { $0.severity == .problem ? Finding(.warning, $0.text, hint: $0.hint) : $0 }
    }

    private func examine(_ address: MasterAddress) async -> [Finding] {
        do throws(HTTPError) {
            var findings = [version(address, try await get(address, "/version"))]
            findings.append(health(address, try await get(address, "/master/health")))
            findings.append(leader(address, try await get(address, "/master/redirect")))
            return findings
        } catch {
            return [Finding(.problem, error.description, hint: "Is a Mesos master running at \(address)?")]
        }
    }

    private func get(_ address: MasterAddress, _ path: String) async throws(HTTPError) -> HTTPResponse {
        let headers = [("Accept", "application/json")] + (credential.map { [$0.authorization] } ?? [])
        let limits = HTTPRequest.Timeouts(connect: .seconds(5), total: .seconds(10))
        return try await client.send(
            HTTPRequest(.get, "\(address)\(path)", headers: headers, timeouts: limits, caFile: caFile)
        )
    }

    private struct Version: Decodable {
        var version: String
    }

    private func version(_ address: MasterAddress, _ response: HTTPResponse) -> Finding {
        guard response.status == 200 else { return refused(address, "/version", response) }
        let answer: Version
        do {
            answer = try JSONDecoder().decode(Version.self, from: Data(response.body))
        } catch {
            return Finding(
                .problem,
                "What listens at \(address) does not answer as a Mesos master.",
                hint: "Check the port: a master's is 5050, an agent's 5051."
            )
        }
        let numbers = answer.version.split(separator: ".").map { Int($0.prefix { $0.isNumber }) ?? 0 }
        let (major, minor) = (numbers.first ?? 0, numbers.dropFirst().first ?? 0)
        guard (major, minor) >= (1, 4) else {
            return Finding(
                .problem,
                "The master at \(address) is Mesos \(answer.version).",
                hint: "Pacer needs 1.4 or later: it relies on partition awareness and reservation refinement."
            )
        }
        return Finding(.fine, "The master at \(address) is Mesos \(answer.version).")
    }

    private func health(_ address: MasterAddress, _ response: HTTPResponse) -> Finding {
        guard response.status == 200 else { return refused(address, "/master/health", response) }
        return Finding(.fine, "The master at \(address) is healthy.")
    }

    private func leader(_ address: MasterAddress, _ response: HTTPResponse) -> Finding {
        guard response.status == 307, let location = response.head["location"] else {
            return Finding(
                .problem,
                "The master at \(address) knows no leader (\(response.status)).",
                hint: "Masters elect a leader through ZooKeeper: look at the quorum and at their logs."
            )
        }
        let leader = location.drop { $0 == "/" }
        return Finding(.fine, "The leading master is \(leader).")
    }

    private func refused(_ address: MasterAddress, _ path: String, _ response: HTTPResponse) -> Finding {
        guard response.status == 401 || response.status == 403 else {
            return Finding(.problem, "\(address)\(path) answered with \(response.status): \(response.text)")
        }
        return Finding(
            .problem,
            "\(address)\(path) does not accept the credentials (\(response.status)).",
            hint: "Check framework.principal and secretFile against the master's --credentials."
        )
    }
}
