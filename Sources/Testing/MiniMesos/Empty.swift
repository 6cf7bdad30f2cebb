// Holds the place of the target until its first file stands here.
