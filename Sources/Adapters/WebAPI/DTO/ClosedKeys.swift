/// Refuses keys that a request's body has not: a misspelt one would be taken for left out, and something else be done than
/// was asked for.
enum ClosedKeys {
    private struct AnyKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }

        init?(intValue: Int) { nil }
    }

    /// - Throws: `DecodingError` that names the first unknown key and the known ones.
    static func check<Key: CodingKey & CaseIterable>(_ decoder: any Decoder, against: Key.Type) throws {
        let all = try decoder.container(keyedBy: AnyKey.self)
        let known = Key.allCases.map(\.stringValue).sorted()
        let strangers = all.allKeys.filter { !known.contains($0.stringValue) }
        guard let stranger = strangers.min(by: { $0.stringValue < $1.stringValue }) else { return }
        throw DecodingError.dataCorruptedError(
            forKey: stranger,
            in: all,
            debugDescription: "there is no such key; the keys are \(known.joined(separator: ", "))"
        )
    }
}
