package import Domain

extension YAMLNode {
    /// A value as if it had been read from a file: text is quoted, numbers and truth values are not. It has no place.
    package init(_ value: FieldValue) {
        let mark = Mark.start()
        switch value {
        case .null: self.init(.scalar("null", quoted: false), at: mark)
        case .flag, .integer, .millionths: self.init(.scalar(value.description, quoted: false), at: mark)
        case .text(let text): self.init(.scalar(text, quoted: true), at: mark)
        case .list(let values): self.init(.sequence(values.map { YAMLNode($0) }), at: mark)
        case .object(let members):
            let entries = members.map { key, value in
                Entry(key: YAMLNode(.scalar(key, quoted: true), at: mark), value: YAMLNode(value))
            }
            self.init(.mapping(entries), at: mark)
        }
    }
}
