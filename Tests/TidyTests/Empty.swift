// Holds the place of the tests until the first one stands here.
