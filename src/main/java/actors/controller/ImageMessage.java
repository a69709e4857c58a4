package actors.controller;

/** What the controller tells a broker of its image: all of it, what is new, or a part of either. */
sealed interface ImageMessage
    permits Controller.ImageChanged, Controller.ImageUpdate, MessagePart {}
