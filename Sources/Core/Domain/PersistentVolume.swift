package import OrderedCollections

/// A volume that outlives the tasks of its instance (an entry of `container.volumes` with `persistent`). Tasks find it
/// read-write.
package struct PersistentVolume: Hashable, Sendable, Codable {
    /// What kind of disk holds it.
    package enum DiskType: String, Hashable, Sendable, Codable, CaseIterable {
        /// A part of the agent's own disk.
        case root
        /// A part of a disk that the operator gave to the agent beside its own.
        case path
        /// A whole disk of that sort, shared with nobody.
        case mount
    }

    /// Where tasks find it: a path in their sandbox.
    package var containerPath: String
    /// What kind of disk holds it.
    package var type: DiskType
    /// How large it is, in thousandths of a MiB; of a whole disk, at least.
    package var size: Int64
    /// How large a whole disk may be, in thousandths of a MiB.
    package var maxSize: Int64?
    /// The profile that the disk must have.
    package var profileName: String?
    /// What the path of the disk must be like: `["path", "LIKE", …]`. Never set for the agent's own disk.
    package var constraints: [Constraint]

    /// A volume; on the agent's own disk unless said otherwise.
    package init(
        containerPath: String,
        type: DiskType = .root,
        size: Int64,
        maxSize: Int64? = nil,
        profileName: String? = nil,
        constraints: [Constraint] = []
    ) {
        self.containerPath = containerPath
        self.type = type
        self.size = size
        self.maxSize = maxSize
        self.profileName = profileName
        self.constraints = constraints
    }

    var fieldValue: FieldValue {
        .object([
            "containerPath": .text(containerPath), "type": .text(type.rawValue), "size": FieldValue(milli: size),
            "maxSize": maxSize.map(FieldValue.init(milli:)) ?? .null, "profileName": FieldValue(profileName),
            "constraints": .list(constraints.map(\.fieldValue)),
        ])
    }
}

/// What becomes of an instance with persistent volumes whose agent is lost (Marathon's `residency`).
package enum Residency: Hashable, Sendable, Codable {
    /// `WAIT_FOREVER`: it is waited for, since its data is there and nowhere else.
    case waitForever
    /// `RELAUNCH_AFTER_TIMEOUT`: after this many ms it starts anew elsewhere, with new and empty volumes. The old ones are
    /// deleted if the agent ever comes back.
    case relaunch(after: Milliseconds)

    /// How long a lost agent is waited for; `nil` for ever.
    package var relaunchAfter: Milliseconds? { if case .relaunch(let after) = self { after } else { nil } }

    var fieldValue: FieldValue {
        switch self {
        case .waitForever: .object(["taskLostBehavior": .text("WAIT_FOREVER")])
        case .relaunch(let after):
            .object([
                "taskLostBehavior": .text("RELAUNCH_AFTER_TIMEOUT"),
                "relaunchEscalationTimeoutSeconds": FieldValue(seconds: after),
            ])
        }
    }
}

extension AppSpec {
    /// Its persistent volumes, in the definition's order.
    package var volumes: [PersistentVolume] { persistentVolumes ?? [] }

    /// Whether its instances stay where their volumes are.
    package var isResident: Bool { !volumes.isEmpty }

    /// Whether a task of this spec can run on what was reserved for one of `other`: nothing that was reserved may differ
    /// (Marathon's rule for updates of resident apps).
    package func fitsReservation(of other: AppSpec) -> Bool {
        isResident && reservedFields == other.reservedFields
    }

    /// The paths and values of what is reserved for an instance, and cannot change while it is.
    package var reservedFields: OrderedDictionary<String, FieldValue> {
        let ports = boundPorts.map { FieldValue.integer(Int64($0 ?? 0)) }
        var fields: OrderedDictionary<String, FieldValue> = [
            "container.volumes": .list(volumes.map(\.fieldValue)), "cpus": FieldValue(milli: resources.cpus),
            "mem": FieldValue(milli: resources.mem), "disk": FieldValue(milli: resources.disk),
            "gpus": FieldValue(milli: resources.gpus), "requirePorts": .flag(requirePorts),
            "portDefinitions": .list(ports), "role": role.map(FieldValue.text) ?? .null,
        ]
        if let executor = executorResources {
            fields["executorResources"] = .list(
                [executor.cpus, executor.mem, executor.disk].map(FieldValue.init(milli:))
            )
        }
        return fields
    }
}
