import Domain
import OrderedCollections

/// Reads `environment` of a pod or a container. Names are stricter than an app's (Marathon's
/// `^[a-zA-Z_][a-zA-Z0-9_]{0,253}?$`).
struct PodEnvironmentReader {
    let table: MappingReader
    let secrets: DeclaredSecrets

    /// The variables with text, and those with a secret (`nil` for none); both sorted by name.
    func variables(
        _ field: Field<YAMLNode>
    ) -> (plain: OrderedDictionary<String, String>, secret: OrderedDictionary<String, String>?) {
        let variables = EnvironmentReader(table: table, secrets: secrets).variables(field)
        for name in Array(variables.plain.keys) + Array((variables.secret ?? [:]).keys)
        where !PodEnvironmentReader.isName(name) {
            table.report(
                .badValue,
                at: field.key,
                "`\(clipped(name))` cannot be the name of a pod's variable",
                hint: "use letters, digits and _, not a digit first, at most 254 in all"
            )
        }
        return variables
    }

    private static func isName(_ name: String) -> Bool {
        guard name.utf8.count <= 254, let first = name.utf8.first, !isDigit(first) else { return false }
        return name.utf8.allSatisfy { byte in
            isDigit(byte) || byte == UInt8(ascii: "_") || (65...90).contains(byte) || (97...122).contains(byte)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
