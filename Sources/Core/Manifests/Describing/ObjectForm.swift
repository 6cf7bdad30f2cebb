/// A mapping of a definition: its keys with all that is known of them, and the keys that people write although they
/// cannot stand there. The decoder, the search for misspelt keys, the writer and the JSON Schema are all made from it.
struct ObjectForm: Sendable {
    /// Its name in the schema: `app`, `portMapping`.
    let name: String
    /// What it describes, in one sentence.
    let about: String
    /// Its keys, in the order in which a reader wants them.
    let fields: [FieldDescription]
    /// What the decoder looks keys up in.
    let keys: KnownKeys

    /// A form.
    /// - Parameters:
    ///   - refused: keys that are errors, unless their value says nothing: key to the reason.
    ///   - skipped: keys that are ignored with a warning: key to the reason.
    init(
        _ name: String,
        _ about: String,
        _ fields: [any Described],
        refused: [String: String] = [:],
        refusedHint: String = "remove it",
        skipped: [String: String] = [:]
    ) {
        self.name = name
        self.about = about
        self.fields = fields.map(\.description)
        self.keys = KnownKeys(
            Set(self.fields.map(\.key)),
            refused: refused,
            refusedHint: refusedHint,
            skipped: skipped
        )
    }
}
