import Domain

/// Reads what makes an app resident, and holds the rest of it against Marathon's rules for such apps. Whether the
/// framework has a role that something can be reserved for is not known here: the scheduler says so at the launch.
struct ResidentReader {
    let table: MappingReader

    /// Adds residency, and what an app with volumes has for defaults.
    func complete(_ spec: inout AppSpec) {
        checkExternal(&spec)
        let residency = residency()
        guard spec.isResident else {
            guard table.has("residency") else { return }
            let hint = "remove it, or give the app a persistent volume"
            return table.log.report(
                .withoutEffect,
                at: table.keyMark(of: "residency"),
                "`residency` says nothing about an app without persistent volumes",
                hint: hint
            )
        }
        spec.residency = residency
        checkStrategy(&spec)
        checkUnreachable(&spec)
        checkRoles(&spec)
    }

    private func residency() -> Residency? {
        guard let residency = table[AppForm.residency] else { return nil }
        let timeout = residency[ResidencyForm.relaunchEscalationTimeoutSeconds]
        let behavior = residency[ResidencyForm.taskLostBehavior]
        // Waiting is the default: a definition that spells it out is the same definition.
        return behavior == "RELAUNCH_AFTER_TIMEOUT" ? .relaunch(after: timeout) : nil
    }

    /// A further instance would have volumes of its own, without the data.
    private func checkStrategy(_ spec: inout AppSpec) {
        guard table.has("upgradeStrategy") else {
            spec.upgradeStrategy = UpgradeStrategy(minimumHealthMillionths: 500_000, maximumOverMillionths: 0)
            return
        }
        guard spec.upgradeStrategy.maximumOverMillionths != 0 else { return }
        refuse(
            "upgradeStrategy",
            "needs a maximumOverCapacity of 0: its instances stay where their data is",
            hint: "write `upgradeStrategy: {minimumHealthCapacity: 0.5, maximumOverCapacity: 0}`"
        )
    }

    private func checkUnreachable(_ spec: inout AppSpec) {
        if table.has("unreachableStrategy"), spec.unreachableStrategy != .disabled {
            refuse(
                "unreachableStrategy",
                "waits for agents that are cut off: its data is there and nowhere else",
                hint: "write `unreachableStrategy: disabled`, or remove it; see `residency`"
            )
        }
        spec.unreachableStrategy = .disabled
    }

    private func checkRoles(_ spec: inout AppSpec) {
        if let roles = spec.acceptedResourceRoles, roles != ["*"] {
            refuse(
                "acceptedResourceRoles",
                "reserves from what nobody has reserved, so it accepts `*` and nothing else",
                hint: "write `acceptedResourceRoles: [\"*\"]`, or remove it"
            )
        }
        spec.acceptedResourceRoles = ["*"]
    }

    /// A volume of a provider can be at one place, unless it is shared: there is one instance, and it ends before the next
    /// one starts.
    private func checkExternal(_ spec: inout AppSpec) {
        let external = spec.container?.volumes.filter(\.isExternal) ?? []
        guard !external.isEmpty else { return }
        guard table.has("upgradeStrategy") else {
            spec.upgradeStrategy = UpgradeStrategy(minimumHealthMillionths: 500_000, maximumOverMillionths: 0)
            return checkCount(of: spec, external)
        }
        if spec.upgradeStrategy.maximumOverMillionths != 0 {
            table.report(
                .residentApp,
                at: "upgradeStrategy",
                "An app with external volumes needs a maximumOverCapacity of 0: no two instances can have a volume at once",
                hint: "write `upgradeStrategy: {minimumHealthCapacity: 0.5, maximumOverCapacity: 0}`"
            )
        }
        checkCount(of: spec, external)
    }

    private func checkCount(of spec: AppSpec, _ external: [ContainerVolume]) {
        let isHeldAlone = external.contains { volume in
            if case .driver(let driver) = volume.source { !driver.isShared } else { false }
        }
        guard isHeldAlone, spec.instances > 1 else { return }
        table.report(
            .residentApp,
            at: "instances",
            "An app with external volumes has one instance, not \(spec.instances): no two can have a volume at once",
            hint: "set `instances` to 1, or write `shared: true` if the provider can share the volume"
        )
    }

    private func refuse(_ key: String, _ why: String, hint: String) {
        table.report(.residentApp, at: key, "An app with persistent volumes \(why)", hint: hint)
    }
}
