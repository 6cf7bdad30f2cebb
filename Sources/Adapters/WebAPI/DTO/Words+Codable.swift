package import Planning

/// Written as the words they are.
extension SyncStatus: Codable {}

/// Written as the words they are.
extension Health: Codable {}
