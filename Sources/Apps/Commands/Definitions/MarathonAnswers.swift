import Manifests
import YAMLReader

/// Reads what a Marathon answers, or what files hold.
struct MarathonAnswers {
    /// What one origin says.
    struct Answer {
        /// How problems name it.
        var name: String
        var documents: [YAMLNode]
    }

    let exchange: APIExchange

    /// The root of 20,000 apps is some 60 MB.
    private static let limits = YAMLReader.Limits(bytes: 256 << 20, nodes: 100_000_000)
    private static let groups = "/v2/groups?embed=group.groups&embed=group.apps&embed=group.pods"

    /// - Throws: `Failure` where it cannot be read.
    func read(_ origin: String) async throws -> [Answer] {
        guard origin.hasPrefix("http://") || origin.hasPrefix("https://") else { return [try file(origin)] }
        if origin.contains("/v2/") { return [try await fetched(origin)] }
        var base = origin[...]
        while base.hasSuffix("/") { base = base.dropLast() }
        return [try await fetched(base + MarathonAnswers.groups)]
    }

    private func file(_ path: String) throws -> Answer {
        do {
            return try parsed(try FileTree.read(path), name: path)
        } catch let error as FileTree.Unreadable {
            throw Failure(
                "\(path) cannot be read: \(error.description)",
                hint: "give a file or an address that begins with http"
            )
        }
    }

    private func fetched(_ url: String) async throws -> Answer {
        var place = url
        for _ in 0..<4 {
            let answer = try await ask(place)
            if (300..<400).contains(answer.status), let location = answer.location {
                place = location
                continue
            }
            guard answer.status == 200 else {
                let wantsLogin = answer.status == 401 || answer.status == 403
                throw Failure(
                    "\(place) answers \(answer.status)",
                    hint: wantsLogin
                        ? "it wants a login: save its answer with a tool that has one, and give the file"
                        : "give the address of a Marathon, for example http://marathon:8080"
                )
            }
            return try parsed(answer.body, name: url)
        }
        throw Failure("\(url) is sent from one place to the next", hint: "give the address of the leading Marathon")
    }

    private func ask(_ url: String) async throws -> APIAnswer {
        do {
            return try await exchange(APICall(method: "GET", url: url, body: []))
        } catch let error as NoAnswer {
            throw Failure(
                "no Marathon answers: \(error)",
                hint: "check its address, or save its answer and give the file"
            )
        }
    }

    private func parsed(_ bytes: [UInt8], name: String) throws -> Answer {
        let file = YAMLReader(limits: MarathonAnswers.limits).parse(bytes)
        if let failure = file.failure {
            throw Failure("\(name):\(failure.mark.line):\(failure.mark.column): \(failure.message)", hint: failure.hint)
        }
        return Answer(name: name, documents: file.documents)
    }
}
