import Domain
import Testing

@testable import Manifests

/// A key that nobody knows is found wherever it stands, and one that is nearly known is told apart from it.
@Suite struct UnknownKeyTests {
    /// A definition with one more key in one of its mappings.
    private struct Variant {
        var node: YAMLNode
        var place: String
    }

    private static let mark = Mark(line: 900, column: 7)

    /// The definition with `key` in each of its mappings that has a form, one after the other.
    private func variants(_ node: YAMLNode, _ form: ObjectForm, _ key: String, at place: String) -> [Variant] {
        guard case .mapping(let entries) = node.content else { return [] }
        let unknown = YAMLNode.Entry(
            key: YAMLNode(.scalar(key, quoted: false), at: UnknownKeyTests.mark),
            value: YAMLNode(.scalar("x", quoted: false), at: UnknownKeyTests.mark)
        )
        var own = node
        own.content = .mapping(entries + [unknown])
        var result = [Variant(node: own, place: place)]
        for (index, entry) in entries.enumerated() {
            guard let name = entry.key.writtenText else { continue }
            guard let field = form.fields.first(where: { $0.key == name }) else { continue }
            for inner in variants(entry.value, field.value, key, at: "\(place).\(name)") {
                var changed = entries
                changed[index].value = inner.node
                var whole = node
                whole.content = .mapping(changed)
                result.append(Variant(node: whole, place: inner.place))
            }
        }
        return result
    }

    private func variants(_ node: YAMLNode, _ form: ValueForm, _ key: String, at place: String) -> [Variant] {
        switch (form, node.content) {
        case (.object(let form), .mapping): return variants(node, form(), key, at: place)
        case (.list(let item), .sequence(let items)):
            return items.indices.flatMap { index in
                variants(items[index], item, key, at: "\(place)[\(index)]").map { inner in
                    var changed = items
                    changed[index] = inner.node
                    var whole = node
                    whole.content = .sequence(changed)
                    return Variant(node: whole, place: inner.place)
                }
            }
        case (.table(let value), .mapping(let entries)):
            return entries.indices.flatMap { index in
                variants(entries[index].value, value, key, at: "\(place).*").map { inner in
                    var changed = entries
                    changed[index].value = inner.node
                    var whole = node
                    whole.content = .mapping(changed)
                    return Variant(node: whole, place: inner.place)
                }
            }
        case (.anyOf(let forms), _):
            // Where texts by free names may stand, and do, every name is known.
            guard !forms.contains(where: \.isTextTable) || !node.holdsTexts else { return [] }
            return forms.lazy.map { variants(node, $0, key, at: place) }.first { !$0.isEmpty } ?? []
        default: return []
        }
    }

    private func codes(of node: YAMLNode) -> [String] {
        var source = SourceManifests(
            source: "s",
            group: .root,
            environment: nil,
            parse: { _ in ParsedFile(documents: [node], failure: nil) },
            sha256: fakeSHA256
        )
        let state = source.apply(update(.all([file("a.yaml", "x")])))
        return state.problems.filter { $0.line == UnknownKeyTests.mark.line }.map { "\($0.column) \($0.code)" }
    }

    @Test func `an unknown key is found in every mapping of a definition`() throws {
        var places: Set<String> = []
        for (texts, form) in [(Definitions.apps, AppForm.form), (Definitions.pods, PodForm.form)] {
            for document in texts.flatMap({ flowYAML(Array($0.utf8)).documents }) {
                for variant in variants(document, form, "zzqx", at: form.name) {
                    #expect(codes(of: variant.node) == ["7 PACER-W001"], "\(variant.place)")
                    places.insert(variant.place)
                }
            }
        }
        #expect(places.count > 60, "\(places.sorted())")
    }
}

extension ValueForm {
    fileprivate var isTextTable: Bool {
        guard case .table(let value) = self, case .text = value else { return false }
        return true
    }
}

extension YAMLNode {
    fileprivate var holdsTexts: Bool {
        guard case .mapping(let entries) = content else { return false }
        return entries.allSatisfy { $0.value.writtenText != nil }
    }
}
