/// Rows under a header, in columns as wide as what stands in them.
struct Table {
    struct Cell {
        var text: String
        var colour: Style.Colour?

        init(_ text: String, _ colour: Style.Colour? = nil) {
            self.text = text.printable
            self.colour = colour
        }
    }

    var header: [String]
    var rows: [[Cell]] = []

    init(_ header: String...) { self.header = header }

    mutating func add(_ cells: Cell...) { rows.append(cells) }

    /// The lines, without spaces at their ends.
    func lines(_ style: Style) -> [String] {
        let all = [header.map { Cell($0, .bold) }] + rows
        let widths = header.indices.map { column in all.map { $0[column].text.count }.max() ?? 0 }
        return all.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let isLast = row[(column + 1)...].allSatisfy { $0.text.isEmpty }
                line += style.paint(cell.text, cell.text.isEmpty ? nil : cell.colour)
                guard !isLast else { break }
                line += String(repeating: " ", count: widths[column] - cell.text.count + 2)
            }
            return line
        }
    }
}
