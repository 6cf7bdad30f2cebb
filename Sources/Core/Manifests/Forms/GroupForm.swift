import Domain
import OrderedCollections

/// A group's document, a folder's file, and the settings of a source.
enum GroupForm {
    static let id = Field.text(
        "id",
        "The group's path. Absent at the top of a file: the group of the file's folder.",
        Patterns.path
    )
    static let apps = Field.node("apps", .list(.object { AppForm.form }), "The group's apps.")
    static let pods = Field.node("pods", .list(.object { PodForm.form }), "The group's pods.")
    static let groups: Field<YAMLNode> = Field.node("groups", .list(.object { GroupForm.form }), "The groups in it.")
    static let dependencies = Field.node(
        "dependencies",
        .list(.text(Patterns.path)),
        "Apps and groups that must be healthy before anything in this group starts."
    )
    static let enforceRole = Field.flag(
        "enforceRole",
        "Whether the group's name is the role of all its apps; only directly below the root."
    ).standing(false)

    static let form: ObjectForm = ObjectForm(
        "group",
        "A group of apps, pods and groups.",
        [id, apps, pods, groups, dependencies, enforceRole],
        refused: ["scaleBy": "is an order to a running Marathon, not a definition"],
        refusedHint: "change `instances` of the apps",
        skipped: Reasons.runtimeKeys
    )

    static let folder = ObjectForm(
        "folder",
        "What concerns the group of a folder (`_group.yaml`).",
        [dependencies, enforceRole],
        refused: [
            "id": "cannot stand here: the folder names the group",
            "apps": "cannot stand here: each app has a file of its own beside this one",
            "pods": "cannot stand here: each pod has a file of its own beside this one",
            "groups": "cannot stand here: each group is a folder beside this file",
        ],
        skipped: Reasons.runtimeKeys
    )
}

/// `pacer.yaml`.
enum SettingsForm {
    static let defaults = Field.node("defaults", .object { AppForm.form }, "Fields that are merged under every app.")
    static let environments = Field.texts("environments", "The environments that there are.")

    static let form = ObjectForm("settings", "Settings of a source (`pacer.yaml`).", [defaults, environments])
}
