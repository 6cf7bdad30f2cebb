/// Who leads, from the names of the candidates' znodes. Pure.
///
/// A candidate's znode is named `<token>-<ten digits>`: the token is its own and of this candidacy, so that it finds
/// its znode again when the answer to the creation was lost; the digits are ZooKeeper's, and the smallest leads.
enum Election {
    /// Where a candidate stands.
    enum Standing: Hashable, Sendable {
        /// It has no znode.
        case absent
        /// Its znode is the first.
        case leads(own: String)
        /// Others are before it: the nearest, whose end it waits for, and the first, who leads.
        case follows(own: String, predecessor: String, leader: String)
    }

    /// Where the candidate with a token stands among the names, and which znodes it has besides the one that counts:
    /// a creation whose answer was lost may have been repeated before the first became visible.
    static func standing(of token: String, among names: [String]) -> (standing: Standing, surplus: [String]) {
        let queue = names.compactMap(Candidate.init).sorted { $0.order < $1.order }
        let own = queue.indices.filter { queue[$0].token == token }
        guard let place = own.first else { return (.absent, []) }
        let surplus = own.dropFirst().map { queue[$0].name }
        guard place > 0 else { return (.leads(own: queue[place].name), surplus) }
        let standing = Standing.follows(
            own: queue[place].name,
            predecessor: queue[place - 1].name,
            leader: queue[0].name
        )
        return (standing, surplus)
    }

    /// The first candidate, whoever asks.
    static func leader(among names: [String]) -> String? {
        names.compactMap(Candidate.init).min { $0.order < $1.order }?.name
    }

    private struct Candidate {
        let name: String
        let token: Substring
        let sequence: Int64

        /// `nil` for a name of another form, which does not take part.
        init?(_ name: String) {
            let digits = name.suffix(10)
            guard digits.utf8.count == 10, let sequence = Int64(digits), sequence >= 0 else { return nil }
            let head = name.dropLast(10)
            guard head.last == "-", head.count > 1 else { return nil }
            self.name = name
            self.token = head.dropLast()
            self.sequence = sequence
        }

        var order: (Int64, Substring) { (sequence, token) }
    }
}
